/**
 * Python's random.Random: the same numbers from the same seed, for data and for initial weights.
 *
 * M. Matsumoto and T. Nishimura, Mersenne Twister (1998), with the seeding and the distributions of Python's library.
 */

const SIZE = 624;
const SHIFT = 397;

export class Random {
  #words = new Uint32Array(SIZE);
  #next = SIZE;
  #spare = null; // the second number of a pair of normal ones

  /** @param {number} seed a whole number from 0 to 2^53 - 1 */
  constructor(seed) {
    const key = seed < 2 ** 32 ? [seed] : [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
    const words = this.#words;
    words[0] = 19650218;
    for (let k = 1; k < SIZE; k++) words[k] = Math.imul(1812433253, words[k - 1] ^ (words[k - 1] >>> 30)) + k;
    let k = 1;
    const advance = () => {
      k += 1;
      if (k >= SIZE) {
        words[0] = words[SIZE - 1];
        k = 1;
      }
    };
    const mixed = (factor) => words[k] ^ Math.imul(words[k - 1] ^ (words[k - 1] >>> 30), factor);
    for (let j = 0; j < SIZE; j++) {
      words[k] = mixed(1664525) + key[j % key.length] + (j % key.length);
      advance();
    }
    for (let j = 1; j < SIZE; j++) {
      words[k] = mixed(1566083941) - k;
      advance();
    }
    words[0] = 0x80000000;
  }

  /** 32 random bits. */
  word() {
    if (this.#next === SIZE) this.#twist();
    let y = this.#words[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A number from 0 to below 1. */
  random() {
    return ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
  }

  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  gauss(mean, deviation) {
    let z = this.#spare;
    this.#spare = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.#spare = Math.sin(angle) * radius;
    }
    return mean + z * deviation;
  }

  /** Shuffles a list in place. */
  shuffle(list) {
    for (let k = list.length - 1; k > 0; k--) {
      const j = this.#below(k + 1);
      [list[k], list[j]] = [list[j], list[k]];
    }
  }

  /** A whole number from 0 to below n. */
  #below(n) {
    const bits = 32 - Math.clz32(n);
    let found;
    do found = this.word() >>> (32 - bits);
    while (found >= n);
    return found;
  }

  #twist() {
    const words = this.#words;
    for (let k = 0; k < SIZE; k++) {
      const y = (words[k] & 0x80000000) | (words[(k + 1) % SIZE] & 0x7fffffff);
      words[k] = words[(k + SHIFT) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}

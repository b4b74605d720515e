/**
 * numpy.random.default_rng(seed).permutation: the order in which `fit` takes the samples of an epoch.
 *
 * M. O'Neill, PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number Generation
 * (2014), with the seeding of NumPy's SeedSequence.
 */

const MASK = (1n << 128n) - 1n;
const LOW = (1n << 64n) - 1n;
const MULTIPLIER = (2549297995355413924n << 64n) + 4865540595714422341n;

export class Generator {
  #state;
  #increment;
  #spare; // the upper half of the last 64 bits; -1 if it was used

  /** @param {number} seed a whole number from 0 to 2^53 - 1 */
  constructor(seed) {
    const [a, b, c, d] = seedWords(seed);
    this.#increment = ((((c << 64n) | d) << 1n) | 1n) & MASK;
    this.#state = 0n;
    this.#step();
    this.#state = (this.#state + ((a << 64n) | b)) & MASK;
    this.#step();
    this.#spare = -1;
  }

  /** The numbers 0 to n - 1 in a new order. */
  permutation(n) {
    const order = Uint32Array.from({ length: n }, (_, k) => k);
    for (let k = n - 1; k > 0; k--) {
      const j = this.#below(k + 1);
      [order[k], order[j]] = [order[j], order[k]];
    }
    return order;
  }

  /** The state, to go back to. */
  save() {
    return [this.#state, this.#increment, this.#spare];
  }

  restore([state, increment, spare]) {
    this.#state = state;
    this.#increment = increment;
    this.#spare = spare;
  }

  #step() {
    this.#state = (this.#state * MULTIPLIER + this.#increment) & MASK;
  }

  /** 32 random bits. */
  #word() {
    if (this.#spare >= 0) {
      const found = this.#spare;
      this.#spare = -1;
      return found;
    }
    this.#step();
    const mixed = (this.#state >> 64n) ^ (this.#state & LOW);
    const turn = this.#state >> 122n;
    const bits = ((mixed >> turn) | (mixed << (64n - turn))) & LOW;
    this.#spare = Number(bits >> 32n);
    return Number(bits & 0xffffffffn);
  }

  /** A whole number from 0 to below n. */
  #below(n) {
    const mask = 2 ** (32 - Math.clz32(n - 1)) - 1;
    let found;
    do found = (this.#word() & mask) >>> 0;
    while (found >= n);
    return found;
  }
}

/** Four numbers of 64 bits from a seed. */
function seedWords(seed) {
  const entropy = seed < 2 ** 32 ? [seed] : [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  let factor = 0x43b0d7e5;
  const hashed = (value) => {
    let x = value ^ factor;
    factor = Math.imul(factor, 0x931e8875);
    x = Math.imul(x, factor);
    return x ^ (x >>> 16);
  };
  const mixed = (x, y) => {
    const found = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
    return found ^ (found >>> 16);
  };
  const pool = [0, 1, 2, 3].map((k) => hashed(entropy[k] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
  }
  let other = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, k) => {
    let x = pool[k % 4] ^ other;
    other = Math.imul(other, 0x58f38ded);
    x = Math.imul(x, other);
    return (x ^ (x >>> 16)) >>> 0;
  });
  return [0, 2, 4, 6].map((k) => BigInt(words[k]) | (BigInt(words[k + 1]) << 32n));
}

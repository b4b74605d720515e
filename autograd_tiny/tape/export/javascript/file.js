/**
 * Tapes in JSON, as tape/serialization.py writes them: numbers in hexadecimal, and a checksum of everything.
 */
import { rowOf } from "./own_operations.js";
import { Program, TapeError, quoted } from "./program.js";

const FORMAT = "autograd_tiny tape";
const VERSION = 1;
const FIELDS = ["constants", "inputs", "instructions", "numbers", "outputs", "parameters", "several"];
const OPTIONAL = ["dtype", "operations"]; // of tapes of float32, and of those with operations of users
const SINGLE = "float32";

/**
 * The contents of a file, checked.
 *
 * @param {string | object} source the text of the file, or what JSON.parse made of it
 */
export function read(source) {
  let found = source;
  if (typeof source === "string") {
    try {
      found = JSON.parse(source);
    } catch (error) {
      throw new TapeError(`this is no tape: it is not JSON (${quoted(error.message)})`);
    }
  }
  if (typeof found !== "object" || found === null || found.format !== FORMAT) {
    throw new TapeError("this is no tape: it does not have the format of autograd_tiny's tapes");
  }
  const { format, version, sha256: checksum, ...contents } = found;
  if (version !== VERSION) {
    throw new TapeError(`the tape is of version ${quoted(version)}, and this module reads version ${VERSION}`);
  }
  const fields = Object.keys(contents).filter((key) => !OPTIONAL.includes(key)).sort();
  const hasFields = fields.length === FIELDS.length && FIELDS.every((each, k) => each === fields[k]);
  if (!hasFields || ("dtype" in contents && contents.dtype !== SINGLE)) {
    throw new TapeError(`the tape was changed: ${FIELDS.join(", ")} are expected in it, got ${fields.join(", ")}`);
  }
  if (checksum !== checksumOf(contents)) {
    throw new TapeError("the tape was changed since it was saved, or is damaged: its checksum does not match");
  }
  return programOf(contents);
}

function programOf(contents) {
  const inputs = listOf("string", contents, "inputs");
  const labels = listOf("string", contents, "parameters");
  const numbers = listOf("string", contents, "numbers").map(fromHex);
  const constants = listOf("string", contents, "constants").map(fromHex);
  const outputs = listOf("number", contents, "outputs");
  if (numbers.length !== labels.length) {
    throw new TapeError(`there are ${labels.length} parameters, but numbers for ${numbers.length}`);
  }
  const instructions = listOf("object", contents, "instructions").map((line) => {
    if (!Array.isArray(line) || typeof line[0] !== "string") throw new TapeError(`${quoted(line)} is no instruction`);
    return { operation: line[0], operands: line.slice(1) };
  });
  const { several } = contents;
  if (typeof several !== "boolean" || outputs.length === 0 || (outputs.length > 1 && !several)) {
    throw new TapeError(`${outputs.length} outputs do not go with several=${quoted(several)}`);
  }
  const own = "operations" in contents ? listOf("object", contents, "operations").map(rowOf) : [];
  if (new Set(own.map(({ name }) => name)).size < own.length) throw new TapeError("two operations have the same name");
  const program = new Program(inputs.length, labels.length, constants, instructions, outputs, own);
  return { program, numbers, inputs, labels, several, dtype: contents.dtype ?? "float64" };
}

function listOf(kind, contents, key) {
  const found = contents[key];
  if (!Array.isArray(found) || !found.every((x) => typeof x === kind && x !== null)) {
    throw new TapeError(`${key}: a list is expected in which each is a ${kind}`);
  }
  return found;
}

/** The object that JSON.stringify turns into a file. */
export function written({ program, numbers, inputs, labels, several, dtype }) {
  const contents = {
    inputs: [...inputs],
    parameters: [...labels],
    numbers: Array.from(numbers, toHex),
    constants: program.constants.map(toHex),
    instructions: program.instructions.map(({ operation, operands }) => [operation, ...operands]),
    outputs: [...program.outputs],
    several,
    ...(dtype === SINGLE ? { dtype } : {}),
    ...(program.own.size ? { operations: Array.from(program.own.values(), ({ texts }) => [...texts]) } : {}),
  };
  return { format: FORMAT, version: VERSION, sha256: checksumOf(contents), ...contents };
}

// ---- numbers in hexadecimal, as Python's float.hex writes them

const bits = new DataView(new ArrayBuffer(8));

export function fromHex(text) {
  if (text === "nan") return NaN;
  if (text === "inf" || text === "-inf") return text === "inf" ? Infinity : -Infinity;
  const parts = /^(-?)0x([01])\.(0|[0-9a-f]{13})p([+-][0-9]{1,4})$/.exec(text);
  if (parts === null) throw new TapeError(`a hexadecimal number is expected, got ${quoted(text)}`);
  const [, sign, lead, digits, power] = parts;
  const fraction = digits.padEnd(13, "0");
  const exponent = Number(power) + (lead === "1" ? 1023 : 0);
  const isSubnormal = lead === "0" && (Number(power) === -1022 || digits === "0");
  if (!isSubnormal && (lead === "0" || exponent < 1 || exponent > 2046)) {
    throw new TapeError(`a hexadecimal number is expected, got ${quoted(text)}`);
  }
  const high = (sign ? 2 ** 31 : 0) + (lead === "1" ? exponent * 2 ** 20 : 0) + parseInt(fraction.slice(0, 5), 16);
  bits.setUint32(0, high);
  bits.setUint32(4, parseInt(fraction.slice(5), 16));
  return bits.getFloat64(0);
}

export function toHex(x) {
  if (x !== x) return "nan";
  if (x === Infinity || x === -Infinity) return x > 0 ? "inf" : "-inf";
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 2047;
  const digits = (high & 0xfffff).toString(16).padStart(5, "0") + bits.getUint32(4).toString(16).padStart(8, "0");
  const sign = high >>> 31 ? "-" : "";
  if (x === 0) return `${sign}0x0.0p+0`;
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${digits}p${power < 0 ? "" : "+"}${power}`;
}

// ---- the checksum: of the text that Python's json.dumps(contents, sort_keys=True) gives

function checksumOf(contents) {
  return sha256(pythonText(contents));
}

function pythonText(found) {
  if (Array.isArray(found)) return `[${found.map(pythonText).join(", ")}]`;
  if (typeof found === "object" && found !== null) {
    const keys = Object.keys(found).sort();
    return `{${keys.map((key) => `${pythonText(key)}: ${pythonText(found[key])}`).join(", ")}}`;
  }
  if (typeof found !== "string") return JSON.stringify(found);
  const rest = /[^ -~]/g;
  return JSON.stringify(found).replace(rest, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The SHA-256 of ASCII text, in hexadecimal (FIPS 180-4). */
export function sha256(text) {
  const length = text.length;
  const bytes = new Uint8Array((((length + 8) >> 6) + 1) * 64);
  for (let k = 0; k < length; k++) bytes[k] = text.charCodeAt(k);
  bytes[length] = 128;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(bytes.length - 4, length * 8);
  const [constants, start] = fractions();
  const state = Uint32Array.from(start);
  const words = new Uint32Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    for (let k = 0; k < 16; k++) words[k] = view.getUint32(at + 4 * k);
    compress(state, words, constants);
  }
  return Array.from(state, (x) => x.toString(16).padStart(8, "0")).join("");
}

function turned(x, by) {
  return (x >>> by) | (x << (32 - by));
}

function compress(state, words, constants) {
  for (let k = 16; k < 64; k++) {
    const x = words[k - 15];
    const y = words[k - 2];
    const first = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
    words[k] = words[k - 16] + first + words[k - 7] + (turned(y, 17) ^ turned(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let k = 0; k < 64; k++) {
    const one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + constants[k] + words[k];
    const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((x, k) => (state[k] += x));
}

/** The first 32 bits of the fractional parts of the cube roots of 64 primes, and of the square roots of 8. */
function fractions() {
  const primes = [];
  for (let k = 2; primes.length < 64; k++) if (primes.every((prime) => k % prime)) primes.push(k);
  const bitsOf = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  return [primes.map((prime) => bitsOf(Math.cbrt(prime))), primes.slice(0, 8).map((prime) => bitsOf(Math.sqrt(prime)))];
}

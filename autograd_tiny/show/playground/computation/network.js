/**
 * Fully connected layers: the order of their parameters, as in autograd_tiny.nn, and their units as nodes of a tape.
 *
 * @typedef {{units: number, activation: string, bias: boolean, pieces: number, name: string}} Layer  pieces: how many
 *   linear functions a Maxout unit has; 1 for all others
 * @typedef {{layer: number, piece: number, unit: number, input: number}} Place  of a parameter; input -1: a bias
 */

export const MAXOUT = "maxout";
const MAXOUT_PIECES = 2;
const SECOND_OPERAND = { leaky_relu: 0.01, elu: 1 }; // as nn has it

/** @returns {Layer} */
export function layerOf(units, activation, name, bias = true) {
  return { units, activation, bias, name, pieces: activation === MAXOUT ? MAXOUT_PIECES : 1 };
}

export class Network {
  /**
   * @param {number} inputs
   * @param {Layer[]} layers
   */
  constructor(inputs, layers) {
    this.inputs = inputs;
    this.layers = layers;
    this.sizes = [inputs, ...layers.map(({ units }) => units)];
    /** @type {Place[]} of the parameters, in their order */
    this.places = [];
    this.firsts = layers.map(({ units, pieces, bias }, layer) => {
      const first = this.places.length;
      for (let piece = 0; piece < pieces; piece++) {
        for (let unit = 0; unit < units; unit++) {
          for (let input = 0; input < this.sizes[layer]; input++) this.places.push({ layer, piece, unit, input });
          if (bias) this.places.push({ layer, piece, unit, input: -1 });
        }
      }
      return first;
    });
  }

  get outputs() {
    return this.sizes[this.sizes.length - 1];
  }

  /** How many units there are in all layers. */
  get units() {
    return this.layers.reduce((sum, { units }) => sum + units, 0);
  }

  /** The number of a parameter; that of a bias has input -1. */
  index({ layer, piece, unit, input }) {
    const { units, bias } = this.layers[layer];
    const width = this.sizes[layer] + (bias ? 1 : 0);
    return this.firsts[layer] + (piece * units + unit) * width + (input < 0 ? width - 1 : input);
  }

  /** The name of a parameter, as in autograd_tiny: layer1.neuron2.w[0]. */
  nameOf({ layer, piece, unit, input }) {
    const { name, pieces } = this.layers[layer];
    const inside = pieces > 1 ? `.piece${piece + 1}` : "";
    return `${name}${inside}.neuron${unit + 1}.${input < 0 ? "b" : `w[${input}]`}`;
  }

  /** The numbers as nested lists by name, which Module.load_state_dict takes. */
  stateOf(numbers) {
    const state = {};
    this.layers.forEach(({ name, units, pieces, bias }, layer) => {
      for (let piece = 0; piece < pieces; piece++) {
        const prefix = pieces > 1 ? `${name}.piece${piece + 1}` : name;
        const at = (unit, input) => numbers[this.index({ layer, piece, unit, input })];
        const each = (size, make) => Array.from({ length: size }, (_, k) => make(k));
        state[`${prefix}.w`] = each(units, (unit) => each(this.sizes[layer], (input) => at(unit, input)));
        if (bias) state[`${prefix}.b`] = each(units, (unit) => at(unit, -1));
      }
    });
    return state;
  }

  /** Initial numbers, as autograd_tiny.nn draws them: unit after unit, its weights in order; the biases are 0. */
  initial(scheme, rng) {
    return Float64Array.from(this.places, ({ layer, input }) => {
      if (input < 0) return 0;
      const { activation, units } = this.layers[layer];
      return drawn(scheme, activation, rng, this.sizes[layer], units);
    });
  }

  /**
   * The network on a builder.
   *
   * @param {Builder} builder
   * @param {GraphNode[]} x the inputs
   * @param {boolean} isProbed whether to each net input a new input of the tape is added, which is always 0: the
   *   derivative by it is that by the net input. A unit of several net inputs has it behind the unit.
   * @returns {{units: GraphNode[][], outputs: GraphNode[], parameters: GraphNode[]}} units: those of each layer
   */
  build(builder, x, isProbed = false) {
    const parameters = this.places.map((place) => builder.parameter(0, this.nameOf(place)));
    const weight = (layer, piece, unit, input) => parameters[this.index({ layer, piece, unit, input })];
    const probed = (node) => (isProbed ? builder.push("add", node, builder.input("probe")) : node);
    let before = x;
    const units = this.layers.map(({ units: count, activation, bias, pieces }, layer) => {
      const netInput = (unit, piece) => {
        const weights = before.map((_, input) => weight(layer, piece, unit, input));
        return builder.push("dot", ...weights, ...before, ...(bias ? [weight(layer, piece, unit, -1)] : []));
      };
      before = Array.from({ length: count }, (_, unit) => {
        if (pieces === 1) return activated(builder, activation, probed(netInput(unit, 0)));
        return probed(builder.push("max", ...Array.from({ length: pieces }, (_, piece) => netInput(unit, piece))));
      });
      return before;
    });
    return { units, outputs: before, parameters };
  }
}

function activated(builder, activation, z) {
  if (activation === "linear") return z;
  const second = SECOND_OPERAND[activation];
  return second === undefined ? builder.push(activation, z) : builder.push(activation, z, second);
}

// ---- initialisers: autograd_tiny/nn/init.py

const LIKE_RELU = ["relu", "leaky_relu", "elu", "softplus", "log_sigmoid", "silu", "mish", "gelu"];

/** Names of initialisers, and how each draws a weight. */
export const INITIALISERS = {
  xavier_uniform: (rng, ins, outs) => within(rng, Math.sqrt(6 / (ins + outs))),
  xavier_normal: (rng, ins, outs) => rng.gauss(0, Math.sqrt(2 / (ins + outs))),
  he_uniform: (rng, ins) => within(rng, Math.SQRT2 * Math.sqrt(3 / ins)),
  he_normal: (rng, ins) => rng.gauss(0, Math.SQRT2 / Math.sqrt(ins)),
  uniform: (rng) => rng.uniform(-1, 1),
  normal: (rng) => rng.gauss(0, 1),
  zeros: () => 0,
  ones: () => 1,
};
export const BY_ACTIVATION = "by_activation";

function within(rng, bound) {
  return rng.uniform(-bound, bound);
}

function drawn(scheme, activation, rng, ins, outs) {
  const name = scheme !== BY_ACTIVATION ? scheme : LIKE_RELU.includes(activation) ? "he_uniform" : "xavier_uniform";
  return INITIALISERS[name](rng, ins, outs);
}

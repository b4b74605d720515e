/**
 * The chain rule for the loss of one sample and one weight: path by path through the units between them.
 *
 * The number of paths is the product of the widths of the layers behind the weight. So none is enumerated: at each unit
 * only the largest products from the loss to it are kept. (Rounding is monotonic: if |p| >= |q|, then |p d| >= |q d|.)
 *
 * @typedef {{symbol: string, value: number}} Factor
 * @typedef {{stations: [number, number][], factors: Factor[], product: number}} Path  stations: layer and unit, from
 *   the output to the unit of the weight
 */

/**
 * @param {Trainer} trainer
 * @param {ArrayLike<number>} row of the sample: x1, x2, target
 * @param {Place} place of the weight
 * @param {number} most paths to keep
 * @returns {{gradient: number, count: number, paths: Path[], rest: number, loss: number, input: number}} rest: the sum
 *   over the paths that are not among them; input: what the weight is multiplied with
 */
export function chainRule(trainer, row, place, most = 6) {
  const { network, lossTape, numbers } = trainer;
  const sample = new Sample(network, lossTape, lossTape.trace(row, { at: numbers }));
  let arrived = Array.from({ length: network.outputs }, (_, unit) => {
    return [
      {
        stations: [[network.layers.length - 1, unit]],
        factors: [sample.atOutput(unit)],
        product: sample.atOutput(unit).value,
      },
    ];
  });
  let count = 1;
  for (let layer = network.layers.length - 1; layer > place.layer; layer--) {
    count *= network.layers[layer].units * network.layers[layer].pieces;
    arrived = Array.from({ length: network.sizes[layer] }, (_, unit) => {
      return largest(throughLayer(sample, arrived, layer, unit), most);
    });
  }
  const { layer, piece, unit } = place;
  const ends = [...sample.ofActivation(layer, unit, piece), sample.ofWeight(place)];
  const paths = arrived[unit].map((path) => continued(path, ends));
  const index = network.index(place);
  const gradient = sample.adjoint(lossTape.program.inputs + index);
  const rest = count > paths.length ? paths.reduce((left, path) => left - path.product, gradient) : 0;
  return { gradient, count, paths, rest, loss: sample.loss, input: sample.ofWeight(place).value };
}

/** All paths to a unit, through the units of the next layer. */
function throughLayer(sample, arrived, layer, unit) {
  const found = [];
  arrived.forEach((paths, next) => {
    for (let piece = 0; piece < sample.network.layers[layer].pieces; piece++) {
      const weight = { symbol: "w", value: sample.weight({ layer, piece, unit: next, input: unit }) };
      const factors = [...sample.ofActivation(layer, next, piece), weight];
      for (const path of paths) found.push(continued(path, factors, [layer - 1, unit]));
    }
  });
  return found;
}

function continued(path, factors, station) {
  return {
    stations: station === undefined ? path.stations : [...path.stations, station],
    factors: [...path.factors, ...factors],
    product: factors.reduce((product, { value }) => product * value, path.product),
  };
}

function largest(paths, most) {
  const size = ({ product }) => (Number.isNaN(product) ? Infinity : Math.abs(product));
  return paths.sort((a, b) => size(b) - size(a)).slice(0, most);
}

/** The numbers of a sample, found in the trace of its loss. */
class Sample {
  constructor(network, tape, { values, derivatives, adjoints }) {
    const { program } = tape;
    Object.assign(this, { network, program, values, derivatives, adjoints });
    this.loss = this.#number(program.outputs[0]);
    this.unitSlots = []; // of each layer
    let before = program.outputs.slice(1);
    for (let layer = network.layers.length - 1; layer >= 0; layer--) {
      this.unitSlots[layer] = before;
      before = this.#inputsOf(layer);
    }
    this.inputSlots = before;
  }

  /** The derivative of the loss by an output. */
  atOutput(unit) {
    return { symbol: "\u2202L/\u2202o", value: this.adjoint(this.program.outputs[1 + unit]) };
  }

  adjoint(slot) {
    return this.adjoints[slot];
  }

  weight({ layer, piece, unit, input }) {
    const { operands } = this.#instruction(this.#dot(layer, unit, piece));
    return this.#number(operands[input]);
  }

  /** The derivative of a unit by its net input, or by that of a piece; none for a linear unit. */
  ofActivation(layer, unit, piece) {
    const { activation } = this.network.layers[layer];
    if (activation === "linear") return [];
    const derivatives = this.derivatives[this.unitSlots[layer][unit] - this.program.first];
    return [
      {
        symbol: activation === "maxout" ? "\u2202max/\u2202z" : `${activation.replaceAll("_", " ")}\u2032`,
        value: derivatives[piece],
      },
    ];
  }

  /** The derivative of the net input by a weight: the number that it is multiplied with. */
  ofWeight({ layer, input }) {
    if (input < 0) return { symbol: "1", value: 1 };
    const slots = layer === 0 ? this.inputSlots : this.unitSlots[layer - 1];
    return { symbol: layer === 0 ? "x" : "h", value: this.#number(slots[input]) };
  }

  #instruction(slot) {
    return this.program.instructions[slot - this.program.first];
  }

  /** The slot of a net input. */
  #dot(layer, unit, piece) {
    const slot = this.unitSlots[layer][unit];
    const { activation } = this.network.layers[layer];
    return activation === "linear" ? slot : this.#instruction(slot).operands[piece];
  }

  #inputsOf(layer) {
    const { operands } = this.#instruction(this.#dot(layer, 0, 0));
    return operands.slice(operands.length >> 1, 2 * (operands.length >> 1));
  }

  #number(slot) {
    return slot < 0 ? this.program.constants[-1 - slot] : this.values[slot];
  }
}

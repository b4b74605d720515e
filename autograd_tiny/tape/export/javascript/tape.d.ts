/**
 * Types of tape.js: tapes of autograd_tiny in JavaScript.
 */

/** Numbers in a row: a typed array, or an array. */
export type Numbers = ArrayLike<number>;

/** Samples, one after the other in one array, or an array of samples. A tape without inputs has one sample, []. */
export type Samples = Float64Array | Float32Array | readonly number[] | readonly Numbers[];

export type Precision = "float64" | "float32";

/** The operations of the calculus. Those of one operand are `push(operation, x)`, and so on. */
export type OperationName =
  // <written: operations> from calculus/operations.py: see tools/written.py
  "add" | "sub" | "mul" | "div" | "pow" | "neg" | "abs" | "exp" | "expm1" | "exp2" | "log" | "log1p" | "log2"
  | "log10" | "sqrt" | "cbrt" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "atan2" | "sinh" | "cosh" | "tanh"
  | "asinh" | "acosh" | "atanh" | "hypot" | "erf" | "erfc" | "norm_pdf" | "norm_cdf" | "erfinv" | "lgamma" | "digamma"
  | "polygamma" | "sigmoid" | "log_sigmoid" | "relu" | "leaky_relu" | "elu" | "softplus" | "silu" | "mish" | "gelu"
  | "sign" | "floor" | "ceil" | "trunc" | "round" | "mod" | "fmod" | "floor_divide" | "maximum" | "minimum" | "greater"
  | "greater_equal" | "less" | "less_equal" | "equal" | "where" | "clip" | "xlogy" | "logaddexp" | "sum" | "mean"
  | "prod" | "max" | "min" | "dot" | "logsumexp" | "take";
  // </written: operations>

/** A file or a program that is none that a tape can run. */
export class TapeError extends Error {}

/** A row of the calculus. Its formulas are Python expressions, in which f is the value. */
export interface Operation {
  /** Its symbol in pictures, "*". */
  readonly sign: string;
  /** Their names, ["x", "y"]; "xs" stands for any number of them. */
  readonly operands: readonly string[];
  readonly value: string;
  /** Those of the local derivatives, one for each name in operands. */
  readonly derivatives: readonly string[];
  /** The domain, or the convention where a derivative is one. */
  readonly note: string;
  /** How many operands it has; 0 for any number. */
  readonly arity: number;
  /** For each name in operands, whether no gradient ever flows to it. */
  readonly flat: readonly boolean[];
  /** Whether a local derivative of 0 sends exactly 0, whatever arrives, as that of relu does. */
  readonly selects: boolean;
}

export const OPERATIONS: Readonly<Record<OperationName, Operation>>;

/**
 * The value of an operation at some operands, and the local derivative by each of them.
 *
 * @throws TypeError there is no such operation, or it takes another number of operands
 * @throws RangeError the index of a take means none of the values
 */
export function evaluate(operation: OperationName, operands: Numbers): { value: number; derivatives: Float64Array };

declare const isOwn: unique symbol;

/** The name of an operation that a user has defined, which a program has: a key of `program.own`. */
export type OwnName = string & { readonly [isOwn]: true };

/** An operation that a user has defined by formulas. */
export interface OwnOperation extends Operation {
  readonly name: OwnName;
  /** The definition, "softsign(x) = x / (1 + abs(x))", and the formula of each derivative. */
  readonly texts: readonly string[];
}

/** An operation, and the slots of its operands. */
export interface Instruction {
  readonly operation: OperationName | OwnName;
  readonly operands: readonly number[];
}

/**
 * Instructions on numbered slots: the inputs have the first ones, then the parameters, then the result of each
 * instruction. A negative slot s stands for the constant number ~s.
 */
export class Program {
  /** @throws TapeError recording makes no such program */
  constructor(
    inputs: number, parameters: number, constants: readonly number[], instructions: readonly Instruction[],
    outputs: readonly number[], own?: readonly OwnOperation[],
  );
  readonly inputs: number;
  readonly parameters: number;
  readonly constants: readonly number[];
  readonly instructions: readonly Instruction[];
  /** The slots of the outputs. */
  readonly outputs: readonly number[];
  /** The operations that users have defined, by name. */
  readonly own: ReadonlyMap<OwnName, OwnOperation>;
  /** The slot of the first instruction. */
  readonly first: number;
  /** How many slots there are. */
  readonly slots: number;
}

/** A number in a program that is being built. */
export class GraphNode {
  private constructor();
  readonly operation: OperationName | OwnName | "input" | "parameter" | "constant";
  readonly operands: readonly GraphNode[];
}

/** Makes programs: takes one operation after the other. */
export class Builder {
  /** A number that changes from sample to sample. By default it is called x0, x1, ... */
  input(label?: string): GraphNode;
  /** A number that all samples share, and that a tape has derivatives by. */
  parameter(number: number, label?: string): GraphNode;
  constant(number: number): GraphNode;
  /**
   * The result of an operation. Numbers among the operands are constants. Those of dot are x1 ... xn y1 ... yn and, if
   * there is one, the bias; those of take the values and the index. A tape's own operations are known after `append`.
   *
   * @throws TypeError there is no such operation, it takes another number of operands, or an operand is something else
   */
  push(operation: OperationName | OwnName, ...operands: (GraphNode | number)[]): GraphNode;
  /**
   * All instructions of a tape, on some nodes for its inputs; by default on new inputs. Its parameters become parameters
   * here, with their present numbers.
   *
   * @throws TypeError the tape has another number of inputs, or an operation of its own has the name of another one
   */
  append(tape: Tape, inputs?: (GraphNode | number)[]): {
    inputs: GraphNode[]; parameters: GraphNode[]; outputs: GraphNode[];
  };
  /** What Tape.of makes a tape of. slots: the slot of each node that the outputs need. */
  program(outputs: GraphNode | number | (GraphNode | number)[]): {
    program: Program; numbers: number[]; inputs: string[]; labels: string[]; slots: Map<GraphNode, number>;
  };
}

/** Options of runs. */
export interface Options {
  /** Numbers to be used instead of the tape's parameters. */
  at?: Numbers;
}

export interface OfOutput extends Options {
  /** The number of the output, from 0, which it is by default. */
  output?: number;
}

/** A program with the numbers of its parameters. Results are exact to the last digits, as those in Python. */
export class Tape {
  constructor(parts: {
    program: Program; numbers: Numbers; inputs: string[]; labels: string[]; several: boolean; dtype?: Precision;
  });

  /**
   * Reads a tape that Tape.save wrote, here or in Python.
   *
   * @param source the text of the file, or what JSON.parse made of it
   * @throws TapeError it holds no tape, was changed since it was saved, or is of another version
   */
  static load(source: string | object): Tape;

  /** A tape of an output of a builder, or of several in an array. */
  static of(
    builder: Builder, outputs: GraphNode | number | (GraphNode | number)[], dtype?: Precision,
  ): Tape;

  readonly program: Program;
  /** The numbers of the parameters, which may be changed. */
  readonly parameters: Float64Array;
  /** The names of the inputs, in the order in which a sample has them. */
  readonly inputs: string[];
  /** Those of the parameters; "" for one without a label. */
  readonly labels: string[];
  /** Whether several outputs were recorded, in a list or an array. */
  readonly several: boolean;
  readonly dtype: Precision;
  /** How many outputs there are. */
  readonly outputs: number;
  /** How many instructions there are. */
  readonly size: number;

  /** The text of a file, with the present numbers of the parameters. */
  save(): string;
  toJSON(): object;

  /**
   * The outputs, sample after sample.
   *
   * @throws TypeError X has something else than numbers
   * @throws RangeError X is no samples of as many numbers as the tape has inputs, or an index in a take means nothing
   */
  values(X: Samples, options?: Options & { out?: Float64Array }): Float64Array;

  /**
   * The sum of weights[i] * output(X[i]), and its derivatives by the parameters.
   *
   * weights: one for each sample, or one for all; by default 1 / samples, for the mean.
   */
  valueAndGradient(
    X: Samples, options?: OfOutput & { weights?: Numbers | number; out?: Float64Array },
  ): { value: number; gradient: Float64Array };

  /** An output for each sample, and its derivatives by the inputs, sample after sample. */
  inputGradients(X: Samples, options?: OfOutput): { values: Float64Array; gradients: Float64Array };

  /**
   * Every number at one sample, for pictures of graphs.
   *
   * values: of each slot. derivatives: of each instruction, by each of its operands. adjoints: the derivative of the
   * output by each slot.
   */
  trace(sample: Numbers, options?: OfOutput): {
    values: Float64Array; derivatives: Float64Array[]; adjoints: Float64Array;
  };
}

// Uses every name that tape.d.ts declares, and those of a module that to_javascript wrote; prints numbers as JSON.
import * as law from "./law.js";
import { text as ofUser } from "./own.js";
import { Builder, GraphNode, OPERATIONS, Program, Tape, TapeError, evaluate } from "./tape.js";
import type {
  Instruction, Numbers, OfOutput, Operation, OperationName, Options, OwnName, OwnOperation, Precision, Samples,
} from "./tape.js";

declare const console: { log(text: string): void };

// ---- the calculus

const name: OperationName = "mul";
const row: Operation = OPERATIONS[name];
const texts: string[] = [row.sign, ...row.operands, row.value, ...row.derivatives, row.note];
const flags: boolean[] = [...row.flat, row.selects];
const one: { value: number; derivatives: Float64Array } = evaluate(name, [3, 4]);

// ---- a tape that is built

const builder = new Builder();
const x: GraphNode = builder.input("x");
const w: GraphNode = builder.parameter(2, "w");
const product: GraphNode = builder.push("mul", x, w);
const sum = builder.push("add", product, builder.constant(1));
const single: Precision = "float64";
const built: Tape = Tape.of(builder, [sum, product], single);
const parts = builder.program([sum]);
const slot: number | undefined = parts.slots.get(sum);
const same = new Tape({ ...parts, several: true, dtype: single });
const operands: readonly GraphNode[] = product.operands;
const operation: OperationName | OwnName | "input" | "parameter" | "constant" = product.operation;

const longer = new Builder();
const added: { inputs: GraphNode[]; parameters: GraphNode[]; outputs: GraphNode[] } = longer.append(built, [
  longer.input(),
]);

// ---- programs

const { program } = built;
const instructions: readonly Instruction[] = program.instructions;
const copy = new Program(
  program.inputs, program.parameters, program.constants, instructions, program.outputs,
);
const counts: number[] = [copy.first, copy.slots, copy.outputs.length, instructions[0]!.operands.length];

// ---- files

const text: string = built.save();
const object: object = built.toJSON();
const loaded: Tape[] = [Tape.load(text), Tape.load(object)];
let complaint = "";
try {
  Tape.load("{}");
} catch (error) {
  if (error instanceof TapeError) complaint = error.name;
}

// ---- operations that a user has defined

const ofFile: Tape = Tape.load(ofUser);
const own: OwnOperation = [...ofFile.program.own.values()][0]!;
const ownName: OwnName = own.name;
const twice = new Builder();
const again: GraphNode = twice.push(ownName, twice.append(ofFile).outputs[0]!);
const ownNumbers: number[] = [...Tape.of(twice, again).values([-1])];
const ownTexts: readonly string[] = [...own.texts, ...own.operands];

// ---- runs

const rows: Samples = [[1], [2]];
const flat: Samples = Float64Array.of(1, 2);
const weights: Numbers = [1, 0.5];
const ofOutput: OfOutput = { output: 1, at: [3] };
const options: Options = { at: Float32Array.of(3) };
const out = new Float64Array(4);
const outputs: Float64Array = built.values(rows, { ...options, out });
const { value, gradient }: { value: number; gradient: Float64Array } = built.valueAndGradient(flat, {
  ...ofOutput, weights, out: new Float64Array(1),
});
const { values, gradients }: { values: Float64Array; gradients: Float64Array } = built.inputGradients([1, 2], ofOutput);
const trace: { values: Float64Array; derivatives: Float64Array[]; adjoints: Float64Array } = built.trace([1]);
built.parameters[0] = 5;
const about: [string[], string[], boolean, Precision, number, number] = [
  built.inputs, built.labels, built.several, built.dtype, built.outputs, built.size,
];

// ---- a module that was written, whose types are in comments

const atOne: { value: number; byInputs: Float64Array; byParameters: Float64Array } = law.gradient([1, 2], law.parameters, 0);
const ofBatch: { value: number; gradient: Float64Array } = law.batchGradient([[1, 2]], [1], [0.5], 0);
const byInputs: { values: Float64Array; gradients: Float64Array } = law.inputGradients([[1, 2]]);
const ofLaw: Float64Array[] = [law.values([1, 2]), law.batch(Float64Array.of(1, 2)), law.parameters];
const names: readonly string[] = [...law.inputs, ...law.parameterLabels];
const number: number = law.outputs;

console.log(JSON.stringify({
  texts, flags, arity: row.arity, one: [one.value, ...one.derivatives], same: [...same.values(flat)], slot,
  operands: operands.length, operation, added: added.outputs.length, counts, loaded: loaded.map((tape) => tape.size),
  complaint, outputs: [...outputs], value, gradient: [...gradient], values: [...values], gradients: [...gradients],
  trace: [trace.values.length, trace.derivatives.length, ...trace.adjoints], about,
  law: [atOne.value, ...atOne.byInputs, ...atOne.byParameters, ofBatch.value, ...ofBatch.gradient, ...byInputs.values,
    ...byInputs.gradients, ...ofLaw.flatMap((each) => [...each]), number], names, ownName, ownTexts, ownNumbers,
}));

// ---- what no program may do; none of these functions is called

export const refused = [
  // @ts-expect-error there is no such operation
  () => builder.push("tanhh", x),
  // @ts-expect-error a tape may have none of this name
  () => twice.push("softsign", x),
  // @ts-expect-error a text is no operand
  () => builder.push("tanh", "x"),
  // @ts-expect-error only a builder makes nodes
  () => new GraphNode(),
  // @ts-expect-error the names stay
  () => (built.inputs = ["y"]),
  // @ts-expect-error all outputs are computed
  () => built.values(rows, { output: 1 }),
  // @ts-expect-error a text is no batch
  () => built.values("1, 2"),
  // @ts-expect-error there is no such precision
  () => Tape.of(builder, sum, "float16"),
  // @ts-expect-error a sample is an array of numbers
  () => law.values("12"),
  // @ts-expect-error the number of an output
  () => law.gradient([1, 2], [1], "first"),
];

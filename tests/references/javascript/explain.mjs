// The explanation of a graph in a page. Numbers come as texts, since JSON has none that are not finite.
import { explained } from "../../../autograd_tiny/show/explanation/explained.js";
import { Graph } from "../../../autograd_tiny/show/explore/graph.js";

function graphOf({ nodes, own, start }) {
  const read = (x) => (Array.isArray(x) ? [Number(x[0])] : x);
  const graph = new Graph({ own, nodes: nodes.map((node) => ({ ...node, operands: node.operands.map(read) })) });
  return { graph, leaves: new Map(graph.leaves.map((leaf, k) => [leaf, Number(start[k])])) };
}

export function explain(data, index, most, digits) {
  const { graph, leaves } = graphOf(data);
  return explained(graph.nodes, graph.at(leaves), graph.nodes[index], { most, digits });
}

export function numbers(data) {
  const { graph, leaves } = graphOf(data);
  const { values, derivatives, adjoints } = graph.at(leaves);
  return { values, adjoints, derivatives: Float64Array.from(derivatives.flatMap((each) => Array.from(each))) };
}

export function along(data, index, xs) {
  const { graph, leaves } = graphOf(data);
  return Float64Array.from(graph.along(graph.at(leaves), graph.nodes[index], xs.map(Number)));
}

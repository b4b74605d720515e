"""What tests of pages share: the data of a graph as a page gets it, in JSON."""
from autograd_tiny import topological_order
from autograd_tiny.show.explore.explorer import data_of
from autograd_tiny.show.explore.scene import ExploreScene
from autograd_tiny.show.graph.arguments import folding_of


def page_data(output, digits=4):
    """The data of the page of a graph, with texts for numbers: JSON has none that are not finite."""
    order = topological_order(output)
    data = data_of(ExploreScene(output, order, digits, folding_of(order, [output], None, ())))
    nodes = [
        node | {"operands": [[number(x[0])] if isinstance(x, list) else x for x in node["operands"]]}
        for node in data["nodes"]
    ]
    return {"nodes": nodes, "start": [number(x) for x in data["start"]]}


def number(x):
    """A number as JavaScript reads it."""
    return repr(float(x)).replace("inf", "Infinity").replace("nan", "NaN")

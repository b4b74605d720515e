"""What tests of pages share: the data of a graph as a page gets it, in JSON."""
from autograd_tiny import topological_order
from autograd_tiny.show.explore.explorer import data_of
from autograd_tiny.show.explore.scene import ExploreScene
from autograd_tiny.show.graph.arguments import folding_of


def page_data(output, digits=4):
    """The data of the page of a graph, with texts for numbers: JSON has none that are not finite."""
    data = data_of(scene_of(output, digits))
    nodes = [
        node | {"operands": [[number(x[0])] if isinstance(x, list) else x for x in node["operands"]]}
        for node in data["nodes"]
    ]
    return {"nodes": nodes, "own": data["own"], "start": [number(x) for x in data["start"]]}


def scene_of(output, digits=4):
    """The picture of a graph whose numbers can be moved."""
    order = topological_order(output)
    return ExploreScene(output, order, digits, folding_of(order, [output], None, ()))


def number(x):
    """A number as JavaScript reads it."""
    return repr(float(x)).replace("inf", "Infinity").replace("nan", "NaN")

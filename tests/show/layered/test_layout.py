"""The layered layout: nothing overlaps, edges lead forward, and it draws what the scene holds."""
import random
from itertools import combinations

import pytest
from references.operations import ROWS
from references.programs.random_graphs import random_program, run
from references.show.folded import network

import autograd_tiny as at
from autograd_tiny import Value, parse, topological_order
from autograd_tiny.show.graph.arguments import folding_of
from autograd_tiny.show.graph.scene import Scene
from autograd_tiny.show.layered.coordinates import nearest
from autograd_tiny.show.layered.graph_picture import GraphSvg
from autograd_tiny.show.layered.layout import lay_out
from autograd_tiny.show.theme import DARK, LIGHT


def random_graph(seed):
    """Boxes of several sizes in topological order, and edges between them."""
    rng = random.Random(seed)
    count = rng.randint(1, 40)
    edges = [(tail, head) for head in range(count) for tail in rng.sample(range(head), min(head, rng.randint(0, 3)))]
    return [(rng.uniform(20, 120), rng.uniform(20, 60)) for _ in range(count)], edges


@pytest.mark.parametrize("seed", range(30))
def test_boxes_do_not_overlap_and_edges_lead_to_the_right(seed):
    sizes, edges = random_graph(seed)
    layout = lay_out(sizes, edges, between_layers=50.0, beside=10.0)
    boxes = [
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for (x, y), (width, height) in zip(layout.centres, sizes, strict=True)
    ]
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1e-6 or other[3] <= one[1] + 1e-6
    for left, top, right, bottom in boxes:
        assert left >= -1e-6 and top >= -1e-6 and right <= layout.width + 1e-6 and bottom <= layout.height + 1e-6
    for (tail, head), route in zip(edges, layout.routes, strict=True):
        xs = [boxes[tail][2], *(x for x, _ in route), boxes[head][0]]
        assert xs == sorted(xs)
        for (x, y), (u, v) in zip(route[::2], route[1::2], strict=True):       # through a layer, beside its boxes
            inside = [box for k, box in enumerate(boxes) if k not in (tail, head) and box[0] < u and x < box[2]]
            assert y == v and not any(box[1] < y < box[3] for box in inside)


def test_operands_stand_in_their_order():
    layout = lay_out([(10, 10)] * 4, [(0, 3), (1, 3), (2, 3)], between_layers=10.0, beside=5.0)
    ys = [y for _, y in layout.centres]
    assert ys[0] < ys[1] < ys[2] and ys[3] == pytest.approx(ys[1])


def test_edges_do_not_cross_where_they_need_not():
    # two chains, whose leaves are given in another order
    layout = lay_out([(10, 10)] * 6, [(0, 3), (1, 2), (2, 4), (3, 5)], between_layers=10.0, beside=5.0)
    ys = [y for _, y in layout.centres]
    assert (ys[0] < ys[1]) == (ys[3] < ys[2]) == (ys[5] < ys[4])


def test_numbers_nearest_to_those_wanted():
    assert nearest([0.0, 10.0], [1.0, 1.0], [3.0]) == [0.0, 10.0]
    assert nearest([5.0, 5.0], [1.0, 1.0], [4.0]) == [3.0, 7.0]
    assert nearest([5.0, 5.0], [3.0, 1.0], [4.0]) == [4.0, 8.0]
    assert nearest([9.0, 5.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0]) == [4.0, 5.0, 6.0]


def drawn(output, depth=None, rankdir="LR", colours=LIGHT):
    order = topological_order(output)
    scene = Scene([output], order, 4, folding_of(order, [output], depth, ()))
    return scene, GraphSvg(scene, rankdir, colours)


@pytest.mark.parametrize("seed", range(10))
def test_every_part_of_a_scene_is_drawn_once(seed):
    output = run(random_program(seed, 5 + 3 * seed, tuple(ROWS)))[-1]
    scene, picture = drawn(output)
    ids = [element.attrib["id"] for element in picture.root.iter("g")]
    expected = []
    for value in scene.values:
        expected.append(scene.id_of(value))
        if value.operands:
            expected += [scene.operation_id(value), scene.result_edge_id(value)]
        for k, x in enumerate(value.operands):
            expected += scene.operand_edge_ids(value, k)
            name = scene.local_derivative_id if isinstance(x, Value) else scene.constant_id
            expected.append(name(value, k))
    assert sorted(ids) == sorted(expected)


def test_modules_are_boxes_and_their_values_share_an_edge():
    loss, _ = network()
    scene, picture = drawn(loss, depth=2)
    texts = [element.text for element in picture.root.iter("text")]
    assert {"layer1", "layer2"} <= {*texts} and any(text.endswith(" operations") for text in texts)
    folds = {scene.id_of(fold) for fold in scene.folding.folds.values()}
    assert folds <= {element.attrib["id"] for element in picture.root.iter("g")}


def test_modules_that_use_results_of_each_other():
    x = Value(0.5, "x")
    with at.scope("one"):
        y = at.sin(x)
    with at.scope("two"):
        z = at.cos(y)
    with at.scope("one"):
        u = at.tanh(z)
    _, picture = drawn(u * x, depth=1)
    texts = [element.text for element in picture.root.iter("text")]
    assert {"one", "two"} <= {*texts}
    assert len([group for group in picture.root.iter("g") if group.attrib["id"].startswith("x")]) >= 3


def test_the_colours_are_those_of_the_palette():
    _, picture = drawn(parse("x=a+b; x*x*2", a=1, b=2), colours=DARK)
    used = {element.attrib.get(name) for element in picture.root.iter() for name in ("fill", "stroke")}
    assert used <= {None, "none", *vars(DARK).values()}


def test_edges_from_the_same_value_to_the_same_operation_are_apart():
    x = Value(3.0, "x")
    _, picture = drawn(x * x)
    labels = [
        group.find("text").attrib["y"] for group in picture.root.iter("g") if group.attrib["id"].startswith("d")
    ]
    assert len(set(labels)) == 2


def test_a_graph_of_one_leaf_and_a_deep_one():
    assert drawn(Value(1.0, "x"))[1].width > 0
    x = Value(0.5, "x")
    y = x
    for _ in range(300):
        y = at.sin(y) + x
    scene, picture = drawn(y)
    assert len([*picture.root.iter("g")]) > len(scene.values)

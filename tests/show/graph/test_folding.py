"""Pictures with folded modules, with something brought to the fore, and with fills and themes."""
import itertools
import random
import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies as st
from references.pictures import SVG, boxes, example_a, frame, random_graph, read

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show import layout
from autograd_tiny.show.draw import draw
from autograd_tiny.show.picture import Picture
from autograd_tiny.show.graph.folding import Fold, Folding, homes
from autograd_tiny.show.graph.scene import Inputs, Scene
from autograd_tiny.show.graph.shading import LEGIBLE, Shading, contrast
from autograd_tiny.show.network.diagram import network_diagram
from autograd_tiny.show.theme import DARK, LIGHT, PALETTES
from references.folded import folds, frames, network, scoped_graphs, text


# ---- how deep

def test_depth_1_makes_one_box_of_a_network():
    loss, model = network()
    [box] = folds(draw(loss, depth=1)).values()
    assert box.lines[:3] == ["mlp", "2 → 1", f"{len(model.parameters())} parameters, 17 operations"]
    assert box.colors[-2:] == [LIGHT.value, LIGHT.gradient]


def test_depth_2_makes_a_box_of_each_layer():
    drawn = draw(network()[0], depth=2)
    assert {name: box.lines[1:3] for name, box in folds(drawn).items()} == {
        "layer1": ["2 → 4", "12 parameters, 8 operations"],
        "layer2": ["4 → 4", "20 parameters, 8 operations"],
        "layer3": ["4 → 1", "5 parameters, 1 operation"],
    }
    assert frames(drawn) == ["mlp"]
    assert text(drawn).count("4 values") == 2


def test_depth_3_makes_a_box_of_each_neuron():
    drawn = draw(network()[0], depth=3)
    names = [node.lines[0] for name, node in read(drawn).nodes.items() if name.startswith("m")]
    assert sorted(names) == ["neuron1"] * 3 + ["neuron2"] * 2 + ["neuron3"] * 2 + ["neuron4"] * 2
    assert sorted(frames(drawn)) == ["layer1", "layer2", "layer3", "mlp"]


def test_a_depth_that_nothing_reaches_folds_nothing():
    loss, _ = network()
    assert not folds(draw(loss, depth=9))
    assert draw(loss, depth=9).source == draw(loss).source


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
def test_neurons_stand_in_their_order_with_every_layout_program(rankdir, monkeypatch):
    drawn = draw(network((12, 5, 1))[0], depth=3, rankdir=rankdir)
    along = 1 if rankdir in ("LR", "RL") else 0
    for program in list(layout.layout_programs()):
        monkeypatch.setattr(layout, "layout_programs", lambda program=program: iter([program]))
        found = read(Picture(drawn.source, drawn.title)).nodes.values()
        for shape, number in (("2 → 1", 12), ("12 → 1", 5)):
            neurons = sorted((node.frame[along], node.lines[0]) for node in found if shape in node.lines)
            assert [name for _, name in neurons] == [f"neuron{i + 1}" for i in range(number)]
        assert "invis" not in "".join(node.tooltip or "" for node in found)


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.parametrize("fold", ["layer1", ["layer1.neuron1", "layer1.neuron3"]])
def test_leaves_stand_in_the_order_of_the_formula_with_every_layout_program(rankdir, fold, monkeypatch):
    drawn = draw(network((4, 4, 1))[0], fold=fold, rankdir=rankdir)
    along = 1 if rankdir == "LR" else 0
    for program in list(layout.layout_programs()):
        monkeypatch.setattr(layout, "layout_programs", lambda program=program: iter([program]))
        found = read(Picture(drawn.source, drawn.title)).nodes.values()
        shown = sorted((node.frame[along], node.lines[0]) for node in found if "neuron" in node.lines[0])
        for neuron in ("layer2.neuron1", "layer2.neuron4", "layer3.neuron1"):
            own = [name.rpartition(".")[2] for _, name in shown if name.startswith(f"{neuron}.")]
            assert own == ["w[0]", "w[1]", "w[2]", "w[3]", "b"]


def test_parameters_of_a_folded_module_are_inside_and_inputs_outside():
    model = nn.Neuron(2, "tanh", rng=random.Random(1))
    drawn = draw(model([Value(1.0, "x"), Value(2.0, "y")]), depth=1)
    assert [lines[0] for lines in boxes(drawn)] == ["x", "y"]
    [box] = folds(drawn).values()
    assert box.lines[:3] == ["neuron", "2 → 1", "3 parameters, 2 operations"]


def test_plain_numbers_that_a_network_is_given_count_as_inputs():
    model = nn.MLP(3, [2], rng=random.Random(1))
    drawn = draw(model([1.0, Value(2.0, "x"), 3.0]), depth=1)
    [box] = folds(drawn).values()
    assert box.lines[1] == "3 → 2"
    assert [lines[0] for lines in boxes(drawn)] == ["x"]


def test_an_unrestricted_network_folds():
    model = nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], rng=random.Random(1))
    [box] = folds(draw(model([Value(1.0, "x"), Value(2.0, "y")]), depth=1)).values()
    assert box.lines[:3] == ["network", "2 → 1", "6 parameters, 4 operations"]


class Scaled(nn.Module):
    """A module with a parameter whose name says nothing."""

    def __init__(self):
        self.factor = Value(2.0)
        self.inside = nn.Neuron(1, "linear", rng=random.Random(1))

    def forward(self, x):
        return self.factor * self.inside(x)


def test_a_module_of_ones_own_keeps_its_parameters_if_it_is_named():
    model = Scaled()
    f = model([Value(1.0, "x")])
    [box] = folds(draw(f, fold=model)).values()
    assert box.lines[:3] == ["scaled", "1 → 1", "3 parameters, 2 operations"]
    assert [lines[0] for lines in boxes(draw(f, fold=model))] == ["x"]


def test_parameters_that_a_penalty_uses_stay_in_their_module():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))
    loss = model([1.0, 2.0]) ** 2 + at.sum(model.parameters())
    drawn = draw(loss, depth=1)
    [box] = folds(drawn).values()
    assert box.lines[1:3] == ["2 → 1", "9 parameters, 5 operations"]
    assert "9 values" in text(drawn)


def test_calls_of_the_same_module_share_a_box():
    loss, _ = network((3, 1), samples=20)
    [box] = folds(draw(loss, depth=1)).values()
    assert box.lines[:3] == ["mlp ×20", "2 → 1", "13 parameters, 140 operations"]
    assert "20 times each" in box.tooltip
    assert "…" in box.lines[3] and "…" in box.lines[4]


def test_many_inputs_share_a_box_and_few_do_not():
    loss, _ = network((1,), nin=9)
    found = read(draw(loss, depth=1)).nodes
    assert found["i0"].lines[0] == "9 inputs"
    assert "9 values" in text(draw(loss, depth=1))
    assert len(boxes(draw(network((1,), nin=8)[0], depth=1))) == 8 + 2


def test_a_local_gradient_stands_on_the_edge_from_a_folded_module():
    loss, _ = network()
    found = read(draw(loss, depth=1))
    [slope] = [head for tail, head in found.edges if tail == "m0"]
    assert found.nodes[slope].lines == ["1"]
    assert found.nodes[slope].tooltip == "∂v18/∂v17 = 1.0"


def test_a_folded_module_names_the_outputs_that_formulas_elsewhere_name():
    loss, _ = network()
    drawn = draw(loss, depth=2)
    assert "v18 = v17 − 0.5" in [lines[0] for lines in boxes(drawn)]
    found = folds(drawn)
    assert re.fullmatch(r"v17 = −?[\d.]+", found["layer3"].lines[3])
    assert "=" not in found["layer2"].lines[3]
    assert re.search(r"layer3   .*   v17 = ", drawn.tree) and "<br>v17 = " in drawn.mermaid


def test_a_root_inside_a_fold_is_one_of_its_outputs():
    model = nn.MLP(2, [3], rng=random.Random(1))
    outputs = model([Value(1.0, "x"), Value(2.0, "y")])
    [box] = folds(draw(outputs, depth=1)).values()
    assert box.lines[1] == "2 → 3"
    assert re.fullmatch(r"v1 = \S+, v2 = \S+, v3 = \S+", box.lines[3])
    assert box.lines[4] == "—"


# ---- fold=

def test_fold_by_path_and_by_module():
    loss, model = network()
    by_path = draw(loss, fold="mlp.layer1")
    assert list(folds(by_path)) == ["layer1"]
    assert set(frames(by_path)) == {"mlp", "layer2", "layer3", *(f"neuron{i}" for i in range(1, 5))}
    for same in (model.layers[0], ["mlp.layer1"], [model.layers[0]], "layer1", {"mlp.layer1"}):
        assert draw(loss, fold=same).source == by_path.source


def test_several_folds_and_a_depth():
    loss, model = network()
    assert set(folds(draw(loss, fold=[model.layers[1], "mlp.layer3.neuron1"]))) == {"neuron1", "layer2"}
    assert list(folds(draw(loss, fold="mlp.layer1.neuron1", depth=1))) == ["mlp"]


def two_networks():
    """Two models of one class, so that both have the scope mlp, and some inputs."""
    models = [nn.MLP(2, [3, 2], "tanh", rng=random.Random(seed)) for seed in (1, 2)]
    return *models, [Value(1.0, "x"), Value(2.0, "y")]


def folded_models(roots, models, **wish):
    """For each folded module, by its path, which of the models all its parameters are of, and its calls."""
    folding = draw(roots, **wish).scene.folding
    known = [set(model.parameters()) for model in models]
    return {
        path: ([i for i, own in enumerate(known) if own.issuperset(fold.parameters)], fold.calls)
        for path, fold in folding.folds.items()
    }


def test_two_models_of_one_class_are_two_boxes():
    first, second, x = two_networks()
    models = first, second
    behind, beside = second(first(x)), [a - b for a, b in zip(first(x), second(x), strict=True)]
    for roots in (behind, beside):
        assert folded_models(roots, models, depth=1) == {"mlp": ([0], 1), "mlp₂": ([1], 1)}
        assert folded_models(roots, models, depth=2) == {
            "mlp.layer1": ([0], 1), "mlp.layer2": ([0], 1), "mlp₂.layer1": ([1], 1), "mlp₂.layer2": ([1], 1)
        }
    assert [lines[0] for lines in boxes(draw(behind, depth=1))] == ["x", "y"]
    assert set(folds(draw(behind, depth=1))) == {"mlp", "mlp₂"}
    again = [*behind, *first(second(x)), *first(x)]
    assert folded_models(again, models, depth=1) == {"mlp": ([0], 3), "mlp₂": ([1], 2)}


def test_fold_folds_the_model_that_is_given_and_no_other_of_its_class():
    first, second, x = two_networks()
    models, roots = (first, second), second(first(x))
    assert folded_models(roots, models, fold=first) == {"mlp": ([0], 1)}
    assert folded_models(roots, models, fold=second) == {"mlp₂": ([1], 1)}
    assert folded_models(roots, models, fold=second.layers[0]) == {"mlp₂.layer1": ([1], 1)}
    assert len(folded_models(roots, models, fold=[first, second])) == 2
    assert set(folded_models(roots, models, fold="layer1")) == {"mlp.layer1", "mlp₂.layer1"}
    assert set(frames(draw(roots, fold="layer1"))) >= {"mlp", "mlp₂"}
    assert len([name for name in frames(draw(roots, fold=second.layers[0])) if "mlp" in name]) == 2


def test_models_of_one_class_and_different_sizes_on_the_same_inputs_are_told_apart():
    rng, x = random.Random(1), [Value(1.0, "x"), Value(2.0, "y")]
    teacher, student = nn.MLP(2, [5, 2], rng=rng), nn.MLP(2, [1, 2], rng=rng)
    differences = [(b - a) ** 2 for a, b in zip(teacher(x), student(x), strict=True)]
    for order in itertools.permutations(differences):
        found = folded_models(at.sum(order), (teacher, student), depth=1)
        assert sorted(found.values()) == [([0], 1), ([1], 1)]
        for i, model in enumerate((teacher, student)):
            assert list(folded_models(at.sum(order), (teacher, student), fold=model).values()) == [([i], 1)]


def test_layers_that_are_called_by_themselves_are_told_apart():
    rng = random.Random(1)
    coder, decoder = nn.Layer(3, 2, "tanh", rng=rng), nn.Layer(2, 3, "tanh", rng=rng)
    roots = decoder(coder([Value(float(k), f"x{k}") for k in range(3)]))
    wanted = {"layer": ([0], 1), "layer₂": ([1], 1)}
    assert folded_models(roots, (coder, decoder), depth=1) == wanted
    neurons = [nn.Neuron(2, rng=random.Random(seed)) for seed in range(3)]
    outputs = [neuron([Value(1.0, "x"), Value(2.0, "y")]) for neuron in neurons]
    assert list(folded_models(outputs, neurons, depth=1)) == ["neuron", "neuron₂", "neuron₃"]


def test_fold_names_what_is_not_there():
    loss, _ = network()
    with pytest.raises(ValueError, match=r"'mlp.layer9' computed nothing.*the modules in it are .*mlp"):
        draw(loss, fold="mlp.layer9")
    with pytest.raises(ValueError, match=r"'layer' computed nothing .*nothing in it was computed by"):
        draw(Value(1.0) + 1, fold=nn.Layer(1, 1))
    for wrong, named in ((3, "int 3"), ([None], "None"), (nn.MLP, "type")):
        with pytest.raises(TypeError, match=rf"fold: a path .* got {named}"):
            draw(loss, fold=wrong)


def test_a_graph_too_large_proposes_depths():
    loss, _ = network((16, 16, 1))
    with pytest.raises(ValueError, match=r"4\d\d values.*depth=1 \(7 boxes\) or depth=2 \(9 boxes\), draw"):
        draw(loss, max_nodes=30)
    assert draw(loss, max_nodes=7, depth=1)
    outputs = nn.MLP(16, [16, 16], rng=random.Random(1))([1.0] * 16)
    with pytest.raises(ValueError, match=r"depth=1 \(1 box\) or depth=2 \(2 boxes\)"):
        draw(outputs, max_nodes=30)
    with pytest.raises(ValueError, match="draw a part") as caught:
        draw(random_graph(60), max_nodes=30)
    assert "depth" not in str(caught.value)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_nothing_overlaps(size):
    drawn = draw(network()[0], depth=size)
    shown = [node.frame for node in read(drawn).nodes.values()]
    for one, other in itertools.combinations(shown, 2):
        assert max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3]) > 0


def test_frames_are_around_what_is_in_them():
    drawn = draw(network()[0], depth=2)
    [outline] = [
        frame(next(x for x in group.iter() if x.tag[len(SVG):] in ("path", "polygon")))
        for group in read(drawn).root.iter(f"{SVG}g") if group.get("class") == "cluster"
    ]
    for box in folds(drawn).values():
        assert outline[0] < box.frame[0] and box.frame[2] < outline[2]
        assert outline[1] < box.frame[1] and box.frame[3] < outline[3]


# ---- what is folded adds up


@settings(max_examples=80, deadline=None)
@given(scoped_graphs(), st.sampled_from([None, 1, 2, 3]))
def test_every_node_is_shown_once_or_counted_in_one_fold(root, depth):
    values = at.topological_order(root)
    scene = Scene([root], values, 4, Folding(values, {root}, depth))
    inside = [
        value for thing in scene.things if not isinstance(thing, Value)
        for value in (thing.values if isinstance(thing, Inputs) else thing.parameters + thing.operations)
    ]
    alone = [thing for thing in scene.things if isinstance(thing, Value)]
    assert len(inside) + len(alone) == len(values)
    assert {*inside, *alone} == set(values)
    leaves = sum(len(thing.parameters) for thing in scene.things if isinstance(thing, Fold))
    results = sum(len(thing.operations) for thing in scene.things if isinstance(thing, Fold))
    assert leaves + sum(not value.operands for value in alone) == sum(not value.operands for value in values)
    assert results + sum(bool(value.operands) for value in alone) == sum(bool(x.operands) for x in values)


@settings(max_examples=25, deadline=None)
@given(scoped_graphs(), st.sampled_from([1, 2]))
def test_a_folded_picture_has_a_box_for_each_thing(root, depth):
    found = read(draw(root, depth=depth))
    values = at.topological_order(root)
    scene = Scene([root], values, 4, Folding(values, {root}, depth))
    assert sum(name[0] in "nmi" for name in found.nodes) == len(scene.things)
    ends = {end for edge in found.edges for end in edge}
    assert ends <= set(found.nodes)
    ids = [x.get("id") for x in found.root.iter() if x.get("id")]
    assert len(ids) == len(set(ids))


def test_what_goes_into_a_fold_and_out_of_it():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    with at.scope("part"):
        x = a * b
        y = x + a
        z = y * y
    values = at.topological_order(z + x)
    [fold] = Folding(values, {values[-1]}, 1).folds.values()
    assert fold.inputs == [a, b] and fold.outputs == [x, z] and fold.operations == [x, y, z]
    assert fold.shape == (2, 2) and not fold.parameters


def test_homes_of_parameters():
    loss, model = network()
    home = homes(at.topological_order(loss))
    assert {home[p] for p in model.layers[1].parameters()} == {f"mlp.layer2.neuron{i}" for i in range(1, 5)}
    assert home[loss] == ""
    named_like_one = Value(1.0, "layer9.w[0]")
    with at.scope("mlp.layer1"):
        assert homes(at.topological_order(named_like_one * 2))[named_like_one] == ""
    bias, input = Value(1.0, "b"), Value(1.0, "b")
    with at.scope("neuron"):
        home = homes(at.topological_order(at.dot([2.0], [input], bias)))
    assert (home[bias], home[input]) == ("neuron", "")


# ---- highlight=

def lit(drawn, colour=LIGHT.accent):
    """The ids of what is brought to the fore."""
    return {
        group.get("id") for group in read(drawn).root.iter(f"{SVG}g")
        if group.get("class") in ("node", "edge")
        and any(x.get("stroke") == colour for x in group.iter())
    }


def test_all_paths_from_a_leaf():
    f, _ = example_a()
    by_label = {value.label: i for i, value in enumerate(at.topological_order(f))}
    b = at.topological_order(f)[by_label["b"]]
    n, x, y = by_label["f"], by_label["x"], by_label["y"]
    drawn = draw(f, highlight=b)
    assert lit(drawn) == {
        f"n{by_label['b']}", f"n{x}", f"n{y}", f"n{n}", f"r{x}", f"r{y}", f"r{n}",
        *(f"e{edge}{part}" for edge in (f"{x}_1", f"{y}_0", f"{n}_0", f"{n}_1") for part in "ab"),
    }
    assert "all paths from b to f" in text(drawn)
    quiet = read(drawn).nodes[f"n{by_label['a']}"]
    assert set(quiet.colors) == {LIGHT.quiet}


def test_a_path_from_either_end():
    f, _ = example_a()
    a, b, x, *_ = at.topological_order(f)
    place = {value: i for i, value in enumerate(at.topological_order(f))}
    wanted = {f"n{place[v]}" for v in (b, x, f)} | {f"r{place[x]}", f"r{place[f]}"} | {
        f"e{place[x]}_1a", f"e{place[x]}_1b", f"e{place[f]}_0a", f"e{place[f]}_0b"
    }
    assert a.label == "a" and x.label == "x"
    for path in ([b, x, f], [f, x, b], SimpleNamespace(nodes=(f, x, b))):
        assert lit(draw(f, highlight=path)) == wanted


def test_the_largest_gradients():
    loss, _ = network()
    drawn = draw(loss, highlight="gradients")
    inside = sorted(
        (abs(value.grad) for value in at.topological_order(loss) if value is not loss), reverse=True
    )
    place = {f"n{i}": value for i, value in enumerate(at.topological_order(loss))}
    assert sorted((abs(place[x].grad) for x in lit(drawn) if x in place), reverse=True) == inside[:5]


def test_a_highlight_inside_a_fold_lights_the_fold():
    loss, model = network()
    drawn = draw(loss, depth=2, highlight=model.layers[1].neurons[0].w[0])
    assert {x for x in lit(drawn) if x[0] == "m"} == {
        name for name, node in read(drawn).nodes.items() if node.lines[0] in ("layer2", "layer3")
    }


def test_highlight_says_what_is_wrong():
    f, _ = example_a()
    a, *_ = at.topological_order(f)
    other = Value(1.0, "other")
    with pytest.raises(ValueError, match=r"highlight: Value\(1.0, label='other'\) is not in"):
        draw(f, highlight=other)
    with pytest.raises(ValueError, match="is not in this picture"):
        draw(f, highlight=[f, other])
    with pytest.raises(ValueError, match="f is not computed from a itself: this is no path"):
        draw(f, highlight=[a, f])
    with pytest.raises(ValueError, match=r"call backward\(\) first"):
        draw(f, highlight="gradients")
    with pytest.raises(ValueError, match=r"highlight is 'gradients'.*got 'largest'"):
        draw(f, highlight="largest")
    with pytest.raises(ValueError, match="got an empty one"):
        draw(f, highlight=[])
    with pytest.raises(TypeError, match=r"got float 3.0"):
        draw(f, highlight=3.0)
    with pytest.raises(TypeError, match=r"got float 3.0 in it"):
        draw(f, highlight=[f, 3.0])


# ---- color=

@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("color", ["value", "gradient"])
@pytest.mark.parametrize("depth", [None, 2])
def test_text_is_legible_on_every_fill(theme, color, depth):
    loss, _ = network()
    page = PALETTES[theme].page
    for node in read(draw(loss, color=color, theme=theme, depth=depth, digits=3)).nodes.values():
        fill = page if node.fill in ("none", None) else node.fill
        assert min(contrast(colour, fill) for colour in node.colors) >= LEGIBLE


@pytest.mark.parametrize("theme", PALETTES)
def test_text_is_legible_where_something_is_highlighted(theme):
    f, _ = example_a()
    f.backward()
    for node in read(draw(f, highlight="gradients", theme=theme)).nodes.values():
        fill = PALETTES[theme].page if node.fill in ("none", None) else node.fill
        assert min(contrast(colour, fill) for colour in node.colors) >= LEGIBLE


def test_fills_say_sign_and_size():
    a, b = Value(-3.0, "a"), Value(1.0, "b")
    found = read(draw(a + b, color="value")).nodes
    assert [found[name].fill for name in ("n0", "n1", "n2")] == [
        Shading("value", [3.0, -3.0], LIGHT).fill(x) for x in (-3.0, 1.0, -2.0)
    ]
    legend = text(draw(a + b, color="value"))
    assert {"fill: value, red below 0, blue above 0", "−3", "1"} <= set(legend)
    assert "fill: value, blue above 0" in text(draw(b + b, color="value"))


@given(st.lists(st.floats(), min_size=1, max_size=8))
def test_a_scale_takes_any_numbers(numbers):
    shading = Shading("value", numbers, LIGHT)
    for x in numbers:
        assert re.fullmatch("#[0-9a-f]{6}", shading.fill(x))
        assert x != x or -1.0 <= shading.share(x) <= 1.0
    assert all(re.fullmatch("#[0-9a-f]{6}", cell) for cell in shading.cells())
    ordered = sorted(x for x in numbers if x == x)
    shares = [shading.share(x) for x in ordered]
    assert shares == sorted(shares)


def test_a_scale_of_very_different_sizes_is_logarithmic():
    shading = Shading("gradient", [1e-3, 1e-3, 1e-2, 1.0], LIGHT)
    assert shading.is_logarithmic
    assert shading.share(-1e-2) == pytest.approx(-1 / 3)
    assert not Shading("gradient", [0.2, 0.5, 1.0], LIGHT).is_logarithmic
    values = [Value(x, f"x{x}") for x in (1e-3, 2e-3, 1e-2, 1.0)]
    assert "fill: value, logarithmic, blue above 0" in text(draw(values, color="value"))


def test_the_words_and_numbers_of_the_legend_are_apart():
    loss, _ = network()
    ends = []
    root = read(draw(loss, color="gradient")).root
    words = [text for text in root.findall(f"{SVG}g/{SVG}text") if text.text.strip()]
    row = [word for word in words if word.get("y") == words[-1].get("y")]
    assert len(row) == 3
    for word in row:
        half = 0.24 * len(word.text) * float(word.get("font-size"))         # in Helvetica
        at_middle = half if word.get("text-anchor") == "middle" else 0.0
        ends += [float(word.get("x")) - at_middle, float(word.get("x")) - at_middle + 2 * half]
    assert ends == sorted(ends)


def test_without_a_backward_pass_no_box_is_filled_by_gradient():
    f, _ = example_a()
    drawn = draw(f, color="gradient")
    assert "fill: gradient: no backward pass has come by" in text(drawn)
    assert {node.fill for name, node in read(drawn).nodes.items() if name[0] == "n"} == {LIGHT.page}


def test_bad_colours_and_themes():
    with pytest.raises(ValueError, match="color is 'value', 'gradient' or None, got 'size'"):
        draw(Value(1.0), color="size")
    with pytest.raises(ValueError, match="theme is 'light' or 'dark', got 'blue'"):
        draw(Value(1.0), theme="blue")


# ---- theme=

def test_the_dark_theme_has_no_colour_of_the_light_one():
    loss, model = network()
    for wish in ({}, {"depth": 2}, {"highlight": model.layers[0].neurons[0].b}):
        used = set(re.findall("#[0-9a-f]{6}", draw(loss, theme="dark", **wish).svg))
        assert used <= set(vars(DARK).values()) and DARK.page in used
        used = set(re.findall("#[0-9a-f]{6}", draw(loss, **wish).svg))
        assert used <= set(vars(LIGHT).values()) and LIGHT.page in used


# ---- a Module

def test_a_module_is_drawn_as_its_diagram():
    drawn = draw(nn.MLP(2, [3, 1], rng=random.Random(1)))
    assert isinstance(drawn, Picture)
    assert drawn.svg.startswith("<svg")


@pytest.mark.parametrize("given", [
    {"depth": 1}, {"fold": "layer1"}, {"highlight": "gradients"}, {"rankdir": "TB"}, {"max_nodes": 20},
])
def test_what_belongs_to_graphs_is_refused_for_a_module(given):
    [name] = given
    model = nn.MLP(2, [3, 1], rng=random.Random(1))
    with pytest.raises(TypeError, match=rf"^{name}: belongs to the picture of a graph, .* MLP itself is"):
        draw(model, **given)


def test_a_module_is_drawn_as_by_network_diagram():
    model = nn.MLP(2, [3, 1], rng=random.Random(1))
    assert draw(model).source == network_diagram(model).source
    wishes = {"color": "gradient", "theme": "dark", "digits": 2}
    assert draw(model, **wishes).source == network_diagram(model, **wishes).source


# ---- labels

@pytest.mark.parametrize("name", [
    "<script>alert(1)</script>", 'a"b\\', "🙂", "x" * 10_000, "]]> -->", "a\nb",
])
def test_a_strange_name_of_a_module_means_itself(name):
    with at.scope(name):
        x = Value(1.0, "x") * 2
    with at.scope("other"):
        y = x + 1
    for wish in ({"depth": 1}, {"fold": "other"}):
        drawn = draw(y, **wish)
        assert "script" not in {x.tag for x in read(drawn).root.iter()}
        assert "<script" not in drawn.svg and len(drawn.svg) < 30_000
    assert "🙂" not in name or "🙂" in folds(draw(y, depth=1))

"""highlight=: paths and the largest gradients."""
from types import SimpleNamespace

import pytest
from references.show.folded import network, text
from references.show.pictures import SVG, example_a, read

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.theme import LIGHT


def highlighted_ids(drawn, colour=LIGHT.accent):
    """The ids of the parts that are highlighted."""
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
    assert highlighted_ids(drawn) == {
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
        assert highlighted_ids(draw(f, highlight=path)) == wanted


def test_the_largest_gradients():
    loss, _ = network()
    drawn = draw(loss, highlight="gradients")
    inside = sorted(
        (abs(value.grad) for value in at.topological_order(loss) if value is not loss), reverse=True
    )
    place = {f"n{i}": value for i, value in enumerate(at.topological_order(loss))}
    assert sorted((abs(place[x].grad) for x in highlighted_ids(drawn) if x in place), reverse=True) == inside[:5]


def test_a_highlight_inside_a_fold_lights_the_fold():
    loss, model = network()
    drawn = draw(loss, depth=2, highlight=model.layers[1].neurons[0].w[0])
    assert {x for x in highlighted_ids(drawn) if x[0] == "m"} == {
        name for name, node in read(drawn).nodes.items() if node.lines[0] in ("layer2", "layer3")
    }


def test_bad_highlights():
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

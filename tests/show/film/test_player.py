"""The pages of play: complete, safe, and refused where a film would be wrong."""
import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from autograd_tiny import Value, nn, optim
from autograd_tiny.show import layout
from autograd_tiny.show.film.player import Player, play
from references.show.films import network, sample_loss, sentences
from references.worked_examples import example_a

# ---- the page

@pytest.mark.parametrize("options", [{}, {"depth": 2}, {"depth": 1}, {"rankdir": "TB"}])
def test_lit_parts_are_in_the_picture(options):
    player = play(sample_loss(network()), **options)
    ids = set(re.findall(r' id="([^"]+)"', player.html))
    for step in player.film.steps:
        boxes = [name for name in step.lit + step.near if name[0] in "nm"]
        assert set(boxes) <= ids
        assert step.phase in ("start", "end") or boxes
    if not options:
        edges = {name for step in player.film.steps for name in step.lit}
        assert edges <= ids


@pytest.mark.parametrize("options", [{}, {"depth": 2}, {"depth": 1}])
def test_every_slot_of_a_page_has_its_places_there_and_every_place_its_slot(options):
    model = network(shape=(12, [3, 1]))
    x = [Value(0.1 * i, f"x{i}") for i in range(12)]
    for player in (play(model(x) ** 2, **options), play(model, x, [1.0], steps=1, **options)):
        marked = {*map(int, re.findall(r' data-slot="(\d+)"', player.html))}
        lines = json.loads(re.search(r'"slots":(\[[^\]]*\])', player.html)[1])
        assert marked == {*range(len(lines))} and len(lines) >= 4
        shown = {slot for step in json.loads(re.search(r'"steps":(\[.*\]),"losses"', player.html)[1])
                 for slot, _, _ in step["shows"]}
        assert shown == marked


def test_edges_at_folded_modules_light_up_with_the_two_boxes_that_they_connect():
    player = play(sample_loss(network()), depth=2)
    steps = json.loads(re.search(r'"steps":(\[.*\]),"losses"', player.html)[1])
    lit = [set(step["bundles"]) for step in steps]
    edges = set(re.findall(r'<g id="(x[^"]*)" class="edge"', player.html))
    assert set().union(*lit) == edges
    forward, backward = (
        [bundles for step, bundles in zip(steps, lit, strict=True) if "layer2" in step["says"] and verb in step["says"]]
        for verb in ("computes", "sends")
    )
    assert [len(bundles) for bundles in forward] == [2], "both halves of the edge from layer1"
    assert forward == backward[-1:]


def test_every_colour_of_the_picture_has_a_dark_side():
    folded, training = play(sample_loss(network()), depth=2), play(network(), [0.1, 0.2], [1.0])
    for player in (play(example_a()["f"]), folded, training):
        picture = player.html[player.html.index("<svg width"):].split("</svg>")[0]
        colours = set(re.findall(r' (fill|stroke)="([^"]+)"', picture))
        assert len(colours) > 5
        for part, colour in colours:
            if colour in ("none", "transparent"):
                continue
            assert f'[{part}="{colour}"]{{{part}:light-dark(' in picture


def test_the_page_needs_nothing_from_anywhere():
    for player in (play(example_a()["f"]), play(network(), [0.1, 0.2], [1.0], steps=2)):
        addresses = set(re.findall(r"https?://[^\"' ]*", player.html))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
        assert "src=" not in player.html and "@import" not in player.html and "url(" not in player.html
        assert "default-src 'none'" in player.html


EVIL = [
    "<script>window.pwned=1</script>", "</script><script>window.pwned=1</script>", '"><img onerror=pwned()>',
    "{title}{0}%s", "\\", "\\u003c", "a'b\"c", "🐍👩‍🔬", "x" * 10_000, "-->", "$&$1", "\u2028\u2029",
]


@pytest.mark.parametrize("label", EVIL)
def test_labels_are_text_wherever_they_stand(label):
    a, b = Value(1.0, label), Value(2.0, "b")
    f = a * b
    f.label = label
    player = play(f)
    assert player.html.count("<script") == player.html.count("</script>") == 2
    assert "<img" not in player.html
    model = nn.Neuron(1)
    model.b.label = label
    assert play(model, [1.0], 1.0, steps=1).html.count("<script") == 2


def test_the_film_is_saved_as_a_page(tmp_path):
    path = play(example_a()["f"]).save(tmp_path / "film.html")
    assert path.read_text(encoding="utf-8") == play(example_a()["f"]).html
    with pytest.raises(ValueError, match=r"ends in \.html"):
        play(example_a()["f"]).save(tmp_path / "film.png")


def test_a_notebook_shows_a_frame_that_keeps_scripts_to_itself_and_a_script_that_is_always_the_same():
    player, other = play(example_a()["f"]), play(Value(1.0, "x") * 2.0)
    (frame, script), (_, same) = (page._repr_html_().split("<script>") for page in (player, other))
    assert frame.startswith("<iframe") and 'sandbox="allow-scripts"' in frame and isinstance(player, Player)
    assert script == same


# ---- where Graphviz is missing

@pytest.mark.parametrize("options", [{}, {"depth": 2}, {"depth": 3}, {"rankdir": "BT"}])
def test_without_a_layout_program_the_film_has_the_same_places_for_numbers(monkeypatch, options):
    loss = sample_loss(network())
    usual = play(loss, **options).html
    monkeypatch.setattr(layout, "layout_programs", lambda: iter(()))
    html = play(loss, **options).html
    assert places_of(html) == places_of(usual)
    assert film_of(html) == film_of(usual)
    assert "light-dark(" in html and 'role="img"' in html


def places_of(html):
    """How often each slot is there: in the picture and in the table."""
    return Counter(re.findall(r'data-slot="(\d+)"', html))


def film_of(html):
    """The film, but for the names of edges at folded modules, of which both layouts make their own."""
    return re.sub(r'"bundles":\[[^]]*\]', "", html.split("const film = ")[1])


def test_edges_at_folded_modules_light_up_without_a_layout_program_too(monkeypatch):
    loss = sample_loss(network())
    lit = [len(step) for step in re.findall(r'"bundles":\[([^]]*)\]', play(loss, depth=2).html)]
    monkeypatch.setattr(layout, "layout_programs", lambda: iter(()))
    html = play(loss, depth=2).html
    found = re.findall(r'"bundles":\[([^]]*)\]', html)
    assert [bool(step) for step in found] == [bool(step) for step in lit] and any(found)
    for name in re.findall(r'"(\w+)"', "".join(found)):
        assert f'id="{name}"' in html


def test_a_film_of_a_graph_needs_neither_numpy_nor_graphviz():
    code = """if True:
        import sys
        sys.modules["numpy"] = sys.modules["graphviz"] = None
        from autograd_tiny import Value, play
        a = Value(1.0, "a")
        print(play(a * a + a).title)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("How ")


# ---- errors

def test_errors_name_the_argument():
    model, f = network(), example_a()["f"]
    for wrong in ("f", 3.0, [f], None):
        with pytest.raises(TypeError, match="a Value is expected, or a model with x and a target, got"):
            play(wrong)
    with pytest.raises(TypeError, match=r"play\(f\) takes a Value alone"):
        play(f, [1.0], 1.0)
    with pytest.raises(TypeError, match="needs the inputs and the target of a sample"):
        play(model, [1.0, 2.0])
    with pytest.raises(TypeError, match="x: the inputs of a sample, a list of numbers, are expected"):
        play(model, 3.0, 1.0)
    with pytest.raises(ValueError, match="steps: an integer of 1 or more is expected, got 0"):
        play(model, [0.1, 0.2], [1.0], steps=0)
    with pytest.raises(ValueError, match="loss 'squred' is not known"):
        play(model, [0.1, 0.2], [1.0], loss="squred")
    with pytest.raises(ValueError, match="an optimiser 'sdg' is not known"):
        play(model, [0.1, 0.2], [1.0], optimizer="sdg")
    with pytest.raises(ValueError, match="lr: a finite number"):
        play(model, [0.1, 0.2], [1.0], lr=-1.0)
    with pytest.raises(ValueError, match="rankdir"):
        play(f, rankdir="UP")
    with pytest.raises(ValueError, match="digits"):
        play(f, digits=0)
    with pytest.raises(ValueError, match="2"):
        play(model, [0.1, 0.2, 0.3], [1.0])
    with pytest.raises(TypeError, match="the loss of a sample is one Value, got"):
        play(model, [0.1, 0.2], [1.0], loss=lambda outputs, target: 1.0)
    with pytest.raises(ValueError, match="the loss depends on none of the parameters"):
        play(model, [0.1, 0.2], [1.0], loss=lambda outputs, target: Value(1.0, requires_grad=False) * 2.0)


@pytest.mark.parametrize("options", [{}, {"depth": 2}])
def test_numbers_that_have_changed_since_the_forward_pass_are_refused(options):
    x = Value(3.0, "x")
    f = x ** 2
    f.label = "f"
    x.data = 5.0
    with pytest.raises(ValueError, match=r"^x\.data has changed since f was computed.*: compute f again$"):
        play(f, **options)
    x.data = 3.0
    assert "f = x² = 3² = 9" in sentences(play(f, **options))
    model = network()
    loss = sample_loss(model)
    loss.backward()
    optim.SGD(model.parameters(), 0.1).step()
    with pytest.raises(ValueError, match=r"\.data of one of .*neuron1\.b has changed since v1"):
        play(loss, **options)
    assert play(sample_loss(model), **options).film.steps


def test_a_result_that_was_overwritten_is_refused_too():
    f = example_a()["f"]
    x = f.operands[0]
    x.data = 11.0
    with pytest.raises(ValueError, match=r"since x was computed, or x\.data itself: compute f again"):
        play(f)


def test_arguments_of_a_training_are_not_swallowed_by_the_film_of_one_pass():
    f = example_a()["f"]
    with pytest.raises(TypeError, match=r"a Value alone: steps and lr belong to play\(model, x, target\)"):
        play(f, steps=3, lr=0.1)
    usual = {"steps": 10, "loss": "squared_error", "optimizer": "sgd", "lr": 0.1, "x": [1.0], "target": 1.0}
    for name, argument in usual.items():
        with pytest.raises(TypeError, match=rf"alone: {name} belongs to play\(model, x, target\)"):
            play(f, **{name: argument})


def test_a_graph_that_is_too_large_names_its_size_and_the_ways_out():
    model = network(shape=(2, [8, 8, 1]))
    ways = r"this graph has \d+ values .*depth=1.*, or allow it with max_nodes=\d+$"
    for asked in ((sample_loss(model),), (model, [0.1, 0.2], [1.0])):
        with pytest.raises(ValueError, match=ways) as error:
            play(*asked, max_nodes=50)
        assert ("fewer samples" in str(error.value)) == (len(asked) == 1)
        assert play(*asked, max_nodes=50, depth=2).film.steps
    with pytest.raises(ValueError, match=r"this graph has 7 values .* than 3 .*: allow it with max_nodes=7$"):
        play(nn.Neuron(2, activation="linear"), [0.1, 0.2], 1.0, max_nodes=3, depth=1)

"""Frames around modules, and the order of the boxes inside."""
import pytest
from references.show.folded import folds, network
from references.show.pictures import SVG, drawn_again, frame, read

from autograd_tiny.show import layout
from autograd_tiny.show.draw import draw


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
def test_neurons_stand_in_their_order_with_every_layout_program(rankdir, monkeypatch):
    drawn = draw(network((12, 5, 1))[0], depth=3, rankdir=rankdir)
    along = 1 if rankdir in ("LR", "RL") else 0
    for program in list(layout.layout_programs()):
        monkeypatch.setattr(layout, "layout_programs", lambda program=program: iter([program]))
        found = read(drawn_again(drawn)).nodes.values()
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
        found = read(drawn_again(drawn)).nodes.values()
        shown = sorted((node.frame[along], node.lines[0]) for node in found if "neuron" in node.lines[0])
        for neuron in ("layer2.neuron1", "layer2.neuron4", "layer3.neuron1"):
            own = [name.rpartition(".")[2] for _, name in shown if name.startswith(f"{neuron}.")]
            assert own == ["w[0]", "w[1]", "w[2]", "w[3]", "b"]


def test_frames_are_around_their_boxes():
    drawn = draw(network()[0], depth=2)
    [outline] = [
        frame(next(x for x in group.iter() if x.tag[len(SVG):] in ("path", "polygon")))
        for group in read(drawn).root.iter(f"{SVG}g") if group.get("class") == "cluster"
    ]
    for box in folds(drawn).values():
        assert outline[0] < box.frame[0] and box.frame[2] < outline[2]
        assert outline[1] < box.frame[1] and box.frame[3] < outline[3]

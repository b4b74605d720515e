"""Networks to fold, and the parts of their pictures."""
import random
import re
from contextlib import nullcontext

from hypothesis import strategies as st
from references.show.pictures import SVG, read

import autograd_tiny as at
from autograd_tiny import Value, draw, nn


def network(nouts=(4, 4, 1), nin=2, samples=1):
    """A loss of an MLP with one output, and the MLP."""
    model = nn.MLP(nin, nouts, "tanh", rng=random.Random(1))
    rng = random.Random(2)
    outputs = [
        model([Value(rng.uniform(-1, 1), f"x{i},{k}") for k in range(nin)]) for i in range(samples)
    ]
    losses = [(output - 0.5) ** 2 for output in outputs]
    loss = losses[0] if len(losses) == 1 else at.sum(losses)
    loss.label = "loss"
    loss.backward()
    return loss, model


def folds(drawn):
    """The boxes of folded modules by their names, lines and tooltips."""
    return {
        node.lines[0]: node for name, node in read(drawn).nodes.items() if re.fullmatch(r"m\d+", name)
    }


def frames(drawn):
    """The names on the frames around modules."""
    return [
        group.findtext(f"{SVG}g//{SVG}text") or group.findtext(f"{SVG}text")
        for group in read(drawn).root.iter(f"{SVG}g") if group.get("class") == "cluster"
    ]


def text(drawn):
    return [node.text for node in read(drawn).root.iter(f"{SVG}text")]


def two_networks():
    """Two models of one class, so that both have the scope mlp, and some inputs."""
    models = [nn.MLP(2, [3, 2], "tanh", rng=random.Random(seed)) for seed in (1, 2)]
    return *models, [Value(1.0, "x"), Value(2.0, "y")]


def folded_models(roots, models, **options):
    """For each folded module, by its path, which of the models all its parameters are of, and its calls."""
    folding = draw(roots, **options).scene.folding
    known = [set(model.parameters()) for model in models]
    return {
        path: ([i for i, own in enumerate(known) if own.issuperset(fold.parameters)], fold.calls)
        for path, fold in folding.folds.items()
    }


@st.composite
def scoped_graphs(draw_one):
    """A graph whose results were computed in all kinds of modules."""
    rng = draw_one(st.randoms(use_true_random=False))
    values = [Value(1.0 + i, f"leaf{i}") for i in range(3)] + [Value(0.5, "b.w[0]"), Value(0.25, "d.k")]
    for path in draw_one(st.lists(st.sampled_from(["", "a", "a.b", "a.c", "a.b.d", "e"]), max_size=25)):
        p, q = rng.choices(values, k=2)
        with at.scope(path) if path else nullcontext():
            values.append(rng.choice([p + q, p * 2.0, at.sum([p, q, 1.0]), at.dot([p, 2.0], [q, 3.0])]))
    used = {x for value in values for x in value.operands}
    return at.sum([value for value in values if value not in used])

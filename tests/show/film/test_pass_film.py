"""The film of one pass: each step with its sentence, and at the end the engine's numbers."""
import math
import random
import re

from hypothesis import given, settings

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, topological_order
from autograd_tiny.show.film.film import Slot
from autograd_tiny.show.film.player import play
from autograd_tiny.show.names import readable
from references.show.films import built, last_shown, last_texts, network, programs, same, sample_loss, sentences
from references.worked_examples import example_a

examples = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def test_the_film_of_worked_example_a():
    player = play(example_a()["f"])
    assert sentences(player) == [
        "At the start only a, b and c have values. f is to be computed.",
        "x = a + b = −1 + 3 = 2",
        "y = b + c = 3 + 4 = 7",
        "f = x·y = 2·7 = 14",
        "∂f/∂f = 1: the backward pass starts at f.",
        "∂f/∂f · ∂f/∂x = 1 · y = 1 · 7 = 7 flows to x",
        "∂f/∂f · ∂f/∂y = 1 · x = 1 · 2 = 2 flows to y",
        "∂f/∂x · ∂x/∂a = 7 · 1 = 7 flows to a",
        "∂f/∂x · ∂x/∂b = 7 · 1 = 7 flows to b: 7 so far",
        "∂f/∂y · ∂y/∂b = 2 · 1 = 2 flows to b: 7 + 2 = 9, gradients add at branches",
        "∂f/∂y · ∂y/∂c = 2 · 1 = 2 flows to c",
        "All gradients of f are known: ∂f/∂a = 7, ∂f/∂b = 9 and ∂f/∂c = 2.",
    ]
    phases = ["start"] + ["forward"] * 3 + ["backward"] * 7 + ["end"]
    assert [step.phase for step in player.film.steps] == phases
    assert repr(player) == "<Player: How f is computed, and its gradients are found>"


def test_an_operand_that_stands_in_two_places_receives_two_partial_derivatives():
    a = Value(3.0, "a")
    f = a * a
    f.label = "f"
    assert sentences(play(f))[-3:] == [
        "∂f/∂f · ∂₁f/∂a = 1 · a = 1 · 3 = 3 flows to a: 3 so far",
        "∂f/∂f · ∂₂f/∂a = 1 · a = 1 · 3 = 3 flows to a: 3 + 3 = 6, gradients add at branches",
        "All gradients of f are known: ∂f/∂a = 6.",
    ]


def test_a_factor_that_is_a_sum_stands_in_brackets():
    o = Value(0.5, "s").tanh()
    o.label = "o"
    f = 2.0 * o
    f.label = "f"
    assert "∂f/∂o · ∂o/∂s = 2 · (1 − o²) = 2 · 0.7864 = 1.573 flows to s" in sentences(play(f))


@examples
@given(programs)
def test_the_page_ends_with_the_numbers_of_the_engine_to_all_digits(program):
    output = built(program)
    shown = last_shown(play(output))
    for place, value in enumerate(topological_order(output)):
        box = f"n{place}"
        assert same(shown[box, "value"], value.data)
        if output.requires_grad and value.requires_grad and (box, "gradient") in shown:
            assert same(shown[box, "gradient"], gradients(output, value))
        for k, derivative in enumerate(value.local_grads):
            assert same(shown.get((f"d{place}_{k}", "local derivative"), derivative), derivative)


def test_frozen_values_and_numbers_receive_no_gradient_and_no_grad_changes():
    a, b = Value(2.0, "a"), Value(3.0, "b", requires_grad=False)
    f = a * b + 5.0
    f.label = "f"
    a.grad = 77.0
    player = play(f)
    assert a.grad == 77.0 and not f.reached
    assert not any("flows to b" in s or "∂f/∂b" in s for s in sentences(player))
    assert "77" not in "".join(sentences(player))
    assert last_shown(player)["n0", "gradient"] == 3.0


def test_an_output_without_gradient_has_a_film_without_backward_pass():
    f = Value(2.0, "a", requires_grad=False) * 3.0
    f.label = "f"
    player = play(f)
    assert sentences(player)[-1] == "f requires no gradient: there is no backward pass."
    assert {step.phase for step in player.film.steps} == {"start", "forward", "end"}


def test_a_leaf_is_its_own_film():
    assert sentences(play(Value(2.0, "a"))) == [
        "a is a leaf: nothing is computed.", "∂a/∂a = 1: the backward pass starts at a.",
        "All gradients of a are known: ∂a/∂a = 1.",
    ]


def test_a_graph_with_nan_or_a_leaf_frozen_since_then_has_its_film():
    a, b = Value(2.0, "a"), Value(math.nan, "b")
    f = a * b
    f.label = "f"
    a.requires_grad = False
    assert "f = a·b = 2·nan = nan" in sentences(play(f))


# ---- folded modules

def test_a_folded_layer_is_one_step_forward_and_one_backward():
    model = network()
    player = play(sample_loss(model), depth=2)
    ahead = [s for s in sentences(player) if "computes" in s]
    assert ahead[0].startswith("mlp.layer1 computes 3 values from 2, in 6 operations: ")
    assert [s.split(" computes")[0] for s in ahead] == ["mlp.layer1", "mlp.layer2", "mlp.layer3"]
    back = [s for s in sentences(player) if "sends" in s]
    assert back == [
        f"mlp.layer{n} sends gradients to {to} and finds those of {parameters} parameters inside, along "
        f"{edges} edges"
        for n, to, parameters, edges in (
            (3, "2 values of mlp.layer2", 3, 5), (2, "3 values of mlp.layer1", 8, 16),
            (1, "x1 and x2", 9, 18),
        )
    ]


def gradient_slot(player, path):
    """The slot of the gradients of a folded module."""
    box = re.search(rf'<tr id="row-(m\d+)"><th scope="row">{re.escape(path)}</th>', player.html)
    return Slot(box[1], "gradient")


def test_a_folded_module_shows_gradients_when_they_have_arrived():
    player = play(sample_loss(network()), depth=2)
    arrived = {n: gradient_slot(player, f"mlp.layer{n}") for n in (1, 2, 3)}
    for n, words in ((3, "flows to mlp.layer3 (v"), (2, "mlp.layer3 sends"), (1, "mlp.layer2 sends")):
        first = next(step for step in player.film.steps if arrived[n] in {shown.slot for shown in step.shows})
        assert words in first.says
    last = last_texts(player)
    values = topological_order(sample_loss(network()))
    outputs = [v for v in values if v.scope == "mlp.layer2.neuron1" or v.scope == "mlp.layer2.neuron2"]
    found = gradients(values[-1], [v for v in outputs if v.operation.name == "tanh"])
    assert last[arrived[2]] == ", ".join(readable(x, 4) for x in found)


def test_a_gradient_that_a_folded_module_still_lacks_is_a_dash():
    x = Value(2.0, "x")
    with at.scope("part"):
        p, q = x * 3.0, x * 4.0
    r = p * q
    r.label = "r"
    player = play(r + q, fold="part")
    slot = gradient_slot(player, "part")
    texts = [text for step in player.film.steps for name, text, _ in step.shows if name == slot]
    assert texts == ["—, 1", "8, 1", "8, 7"]


def test_an_output_inside_of_a_folded_module_shows_where_the_backward_pass_starts():
    output = network()([Value(0.5, "x1"), Value(-0.3, "x2")])
    player = play(output, depth=1)
    seed = next(step for step in player.film.steps if step.phase == "backward")
    assert (gradient_slot(player, "mlp"), "1") in {(slot, text) for slot, text, _ in seed.shows}


def test_a_folded_module_waits_for_all_its_inputs_in_both_passes():
    x = Value(2.0, "x")
    with at.scope("later"):
        early = [x * 2.0, x * 3.0, x * 4.0]         # it could begin with these
    with at.scope("first"):
        s = x + 1.0
        direct = s * 5.0
    with at.scope("later"):
        t = at.sum([*early, s])
    player = play(t * direct, fold=["first", "later"])
    assert [s.split()[0] for s in sentences(player) if "computes" in s] == ["first", "later"]
    assert [s.split()[0] for s in sentences(player) if "along" in s] == ["later", "first"]


def test_a_module_that_is_called_with_its_own_outputs_takes_several_steps():
    random.seed(2)
    neuron = nn.Neuron(1, activation="tanh")
    state = Value(0.5, "s")
    for _ in range(3):
        state = 2.0 * neuron([state])
    player = play(state, depth=1)
    assert sum("computes" in s for s in sentences(player)) == 3
    leaf = topological_order(state).index(next(x for x in topological_order(state) if x.label == "s"))
    assert last_shown(player)[f"n{leaf}", "gradient"] == gradients(state, topological_order(state)[leaf])

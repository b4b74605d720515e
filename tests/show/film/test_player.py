"""The films of play: what happens, in the engine's order and with its numbers; and that pages are safe."""
import copy
import json
import math
import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, optim, topological_order
from autograd_tiny.show.film.film import computed, sent
from autograd_tiny.show.film.player import Player, play
from autograd_tiny.show.graph.folding import Folding
from autograd_tiny.show.names import readable
from references.films import example_a

examples = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def network(seed=1, shape=(2, [3, 2, 1])):
    random.seed(seed)
    return nn.MLP(*shape, activation="tanh")


def sample_loss(model):
    loss = (model([Value(0.5, "x1"), Value(-0.3, "x2")]) - 1.0) ** 2
    loss.label = "L"
    return loss


OPERATIONS = [
    lambda p, q, r: p + q, lambda p, q, r: p * q, lambda p, q, r: p - 2.0 * q, lambda p, q, r: p.tanh(),
    lambda p, q, r: p.maximum(q), lambda p, q, r: at.sum([p, q, r, p]),
    lambda p, q, r: at.dot([p, 3.0], [q, r]),
    lambda p, q, r: at.where(p, q, r), lambda p, q, r: p * p, lambda p, q, r: -q,
]
programs = st.lists(
    st.tuples(*[st.integers(0, 99)] * 4, st.booleans()), min_size=1, max_size=25
)


def built(program):
    """The last of the results of a random program; some leaves are frozen, some results have a scope."""
    values = [Value(x, f"p{i}", requires_grad=i != 2) for i, x in enumerate((0.7, -1.3, 0.4, 2.1))]
    for which, i, j, k, is_scoped in program:
        operands = [values[-1 - n % min(len(values), 7)] for n in (i, j, k)]
        with at.scope("part") if is_scoped else at.scope("other"):
            values.append(OPERATIONS[which % len(OPERATIONS)](*operands))
    return values[-1]


def says(player):
    return [step.says for step in player.film.steps]


def last_shown(player):
    """What each slot holds at the end."""
    return {slot: number for step in player.film.steps for slot, text, number in step.shows}


def last_texts(player):
    return {slot: text for step in player.film.steps for slot, text, number in step.shows}


def same(x, y):
    return x == y or (math.isnan(x) and math.isnan(y))


# ---- the film of one pass

def test_the_film_of_worked_example_a():
    player = play(example_a())
    assert says(player) == [
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
    assert says(play(f))[-3:] == [
        "∂f/∂f · ∂₁f/∂a = 1 · a = 1 · 3 = 3 flows to a: 3 so far",
        "∂f/∂f · ∂₂f/∂a = 1 · a = 1 · 3 = 3 flows to a: 3 + 3 = 6, gradients add at branches",
        "All gradients of f are known: ∂f/∂a = 6.",
    ]


def test_a_factor_that_is_a_sum_stands_in_brackets():
    o = Value(0.5, "s").tanh()
    o.label = "o"
    f = 2.0 * o
    f.label = "f"
    assert "∂f/∂o · ∂o/∂s = 2 · (1 − o²) = 2 · 0.7864 = 1.573 flows to s" in says(play(f))


@examples
@given(programs)
def test_every_operation_is_computed_once_after_its_operands(program):
    values = topological_order(built(program))
    order = [value for results in computed(values, {}) for value in results]
    assert order == [value for value in values if value.operands]


@examples
@given(programs)
def test_gradients_flow_along_each_edge_once_and_end_as_the_engine_has_them(program):
    output = built(program)
    received, complete = {output: 1.0}, {output}
    edges = Counter()
    for one in sent(output, {}):
        assert one.result in complete, "it is passed on before all of it is there"
        assert same(one.adjoint, received[one.result])
        assert same(one.amount, one.adjoint * one.result.local_grads[one.place])
        assert one.before == received.get(one.operand) or math.isnan(one.before)
        received[one.operand] = one.after
        assert one.operand not in complete
        if one.last:
            complete.add(one.operand)
        edges[one.result, one.place] += 1
    found = gradients(output, [*received]) if output.requires_grad else []
    assert all(same(x, y) for x, y in zip(received.values(), found, strict=output.requires_grad))
    flowing = {
        (value, k) for value in received for k, flows in enumerate(value.flows) if flows
    }
    assert edges == Counter(dict.fromkeys(flowing, 1))


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_many_gradients_are_those_of_the_engine_to_the_last_bit(seed):
    rng = random.Random(seed)
    values = [Value(rng.uniform(-1, 1)) for _ in range(5)]
    for _ in range(60):
        operands = rng.choices(values[-12:], k=4)
        weights = [rng.uniform(-1, 1) for _ in operands]
        values.append(rng.choice([at.dot(operands, weights).tanh(), operands[0] * operands[1] + operands[2]]))
    output = at.sum(values)
    received = {one.operand: one.after for one in sent(output, {})}
    assert tuple(received.values()) == gradients(output, [*received])


@examples
@given(programs)
def test_the_page_ends_with_the_numbers_of_the_engine_to_all_digits(program):
    output = built(program)
    shown = last_shown(play(output))
    for place, value in enumerate(topological_order(output)):
        assert same(shown[f"v{place}"], value.data)
        if output.requires_grad and value.requires_grad and f"g{place}" in shown:
            assert same(shown[f"g{place}"], gradients(output, value))
        for k, slope in enumerate(value.local_grads):
            assert same(shown.get(f"d{place}_{k}", slope), slope)


@examples
@given(programs)
def test_folded_parts_take_turns_and_the_sums_stay_the_same(program):
    output = built(program)
    values = topological_order(output)
    folding = Folding(values, {output}, modules={value.scope for value in values} & {"part"})
    order = [value for results in computed(values, folding.of) for value in results]
    known = {value for value in values if not value.operands}
    for value in order:
        assert all(x in known for x in value.operands if isinstance(x, Value))
        assert value not in known
        known.add(value)
    assert known == set(values)
    received = {output: 1.0}
    for one in sent(output, folding.of):
        received[one.operand] = one.after
    found = gradients(output, [*received]) if output.requires_grad else [1.0]
    for one, other in zip(received.values(), found, strict=True):
        assert same(one, other) or one == pytest.approx(other, rel=1e-9, abs=1e-9)


def test_a_folded_layer_is_one_step_forward_and_one_backward():
    model = network()
    player = play(sample_loss(model), depth=2)
    ahead = [s for s in says(player) if "computes" in s]
    assert ahead[0].startswith("mlp.layer1 computes 3 values from 2, in 6 operations: ")
    assert [s.split(" computes")[0] for s in ahead] == ["mlp.layer1", "mlp.layer2", "mlp.layer3"]
    back = [s for s in says(player) if "sends" in s]
    assert back == [
        f"mlp.layer{n} sends gradients to {to} and finds those of {parameters} parameters inside, along "
        f"{edges} edges"
        for n, to, parameters, edges in (
            (3, "2 values of mlp.layer2", 3, 5), (2, "3 values of mlp.layer1", 8, 16),
            (1, "x1 and x2", 9, 18),
        )
    ]


def module_slot(player, path):
    """The slot that holds the gradients of a folded module."""
    box = re.search(rf'<tr id="row-(m\d+)"><th scope="row">{re.escape(path)}</th>', player.html)
    return f"{box[1]}g"


def test_a_folded_module_shows_gradients_when_they_have_arrived():
    player = play(sample_loss(network()), depth=2)
    arrived = {n: module_slot(player, f"mlp.layer{n}") for n in (1, 2, 3)}
    for n, what in ((3, "flows to mlp.layer3 (v"), (2, "mlp.layer3 sends"), (1, "mlp.layer2 sends")):
        first = next(step for step in player.film.steps if arrived[n] in {shown.slot for shown in step.shows})
        assert what in first.says
    last = last_texts(player)
    values = topological_order(sample_loss(network()))
    outputs = [v for v in values if v.scope == "mlp.layer2.neuron1" or v.scope == "mlp.layer2.neuron2"]
    found = gradients(values[-1], [v for v in outputs if v.operation.name == "tanh"])
    assert last[arrived[2]] == ", ".join(readable(x, 4) for x in found)


def test_what_has_not_arrived_at_a_folded_module_is_left_open():
    x = Value(2.0, "x")
    with at.scope("part"):
        p, q = x * 3.0, x * 4.0
    r = p * q
    r.label = "r"
    player = play(r + q, fold="part")
    slot = module_slot(player, "part")
    texts = [text for step in player.film.steps for name, text, _ in step.shows if name == slot]
    assert texts == ["—, 1", "8, 1", "8, 7"]


def test_an_output_inside_of_a_folded_module_shows_where_the_backward_pass_starts():
    output = network()([Value(0.5, "x1"), Value(-0.3, "x2")])
    player = play(output, depth=1)
    seed = next(step for step in player.film.steps if step.phase == "backward")
    assert (module_slot(player, "mlp"), "1") in {(slot, text) for slot, text, _ in seed.shows}


def test_a_folded_module_waits_for_all_that_it_needs_in_both_directions():
    x = Value(2.0, "x")
    with at.scope("later"):
        early = [x * 2.0, x * 3.0, x * 4.0]         # it could begin with these
    with at.scope("first"):
        s = x + 1.0
        direct = s * 5.0
    with at.scope("later"):
        t = at.sum([*early, s])
    player = play(t * direct, fold=["first", "later"])
    assert [s.split()[0] for s in says(player) if "computes" in s] == ["first", "later"]
    assert [s.split()[0] for s in says(player) if "along" in s] == ["later", "first"]


def test_a_module_that_is_called_with_its_own_outputs_computes_what_it_can():
    random.seed(2)
    neuron = nn.Neuron(1, activation="tanh")
    state = Value(0.5, "s")
    for _ in range(3):
        state = 2.0 * neuron([state])
    player = play(state, depth=1)
    assert sum("computes" in s for s in says(player)) == 3
    leaf = topological_order(state).index(next(x for x in topological_order(state) if x.label == "s"))
    assert last_shown(player)[f"g{leaf}"] == gradients(state, topological_order(state)[leaf])


def test_frozen_values_and_numbers_receive_nothing_and_no_grad_changes():
    a, b = Value(2.0, "a"), Value(3.0, "b", requires_grad=False)
    f = a * b + 5.0
    f.label = "f"
    a.grad = 77.0
    player = play(f)
    assert a.grad == 77.0 and not f.reached
    assert not any("flows to b" in s or "∂f/∂b" in s for s in says(player))
    assert "77" not in "".join(says(player))
    assert last_shown(player)["g0"] == 3.0


def test_an_output_without_gradient_has_a_film_without_backward_pass():
    f = Value(2.0, "a", requires_grad=False) * 3.0
    f.label = "f"
    player = play(f)
    assert says(player)[-1] == "f requires no gradient: there is no backward pass."
    assert {step.phase for step in player.film.steps} == {"start", "forward", "end"}


def test_a_leaf_is_its_own_film():
    assert says(play(Value(2.0, "a"))) == [
        "a is a leaf: nothing is computed.", "∂a/∂a = 1: the backward pass starts at a.",
        "All gradients of a are known: ∂a/∂a = 1.",
    ]


# ---- the page

@pytest.mark.parametrize("options", [{}, {"depth": 2}, {"depth": 1}, {"rankdir": "TB"}])
def test_what_lights_up_is_in_the_picture(options):
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
def test_a_film_holds_no_numbers_without_a_place_on_its_page(options):
    model = network(shape=(12, [3, 1]))
    x = [Value(0.1 * i, f"x{i}") for i in range(12)]
    for player in (play(model(x) ** 2, **options), play(model, x, [1.0], steps=1, **options)):
        ids = set(re.findall(r' id="([^"]+)"', player.html))
        slots = json.loads(re.search(r'"slots":(\[[^\]]*\])', player.html)[1])
        boxes = {slot[:-1] if slot[0] == "m" else re.sub("^[vg]", "n", slot) for slot in slots}
        assert len(boxes) >= 3 and boxes <= ids


def test_every_colour_of_the_picture_has_a_dark_side():
    folded, training = play(sample_loss(network()), depth=2), play(network(), [0.1, 0.2], [1.0])
    for player in (play(example_a()), folded, training):
        picture = player.html[player.html.index("<svg width"):].split("</svg>")[0]
        colours = set(re.findall(r' (fill|stroke)="([^"]+)"', picture))
        assert len(colours) > 5
        for part, colour in colours:
            if colour in ("none", "transparent"):
                continue
            assert f'.stage [{part}="{colour}"] {{ {part}: var(--' in player.html


def test_the_page_needs_nothing_from_anywhere():
    for player in (play(example_a()), play(network(), [0.1, 0.2], [1.0], steps=2)):
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
    assert player.html.count("<script") == player.html.count("</script>") == 1
    assert "<img" not in player.html
    model = nn.Neuron(1)
    model.b.label = label
    assert play(model, [1.0], 1.0, steps=1).html.count("<script") == 1


def test_the_film_is_saved_as_a_page(tmp_path):
    path = play(example_a()).save(tmp_path / "film.html")
    assert path.read_text(encoding="utf-8") == play(example_a()).html
    with pytest.raises(ValueError, match=r"ends in \.html"):
        play(example_a()).save(tmp_path / "film.gif")


def test_a_notebook_shows_a_frame_that_keeps_scripts_to_itself():
    shown = play(example_a())._repr_html_()
    assert shown.startswith("<iframe") and "<script" not in shown and isinstance(play(example_a()), Player)


# ---- a training

def by_hand(model, x, target, optimizer, steps):
    """The losses of a training loop, and the parameters after it."""
    losses = []
    for _ in range(steps):
        loss = nn.losses.squared_error(model(x), target)
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [*losses, nn.losses.squared_error(model(x), target).data], [p.data for p in model.parameters()]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_training_film_is_the_training_loop_and_leaves_the_model(optimizer):
    model, x, target = network(), [0.5, -0.3], [1.0]
    before = [(p.data, p.grad, p.reached) for p in model.parameters()]
    player = play(model, x, target, steps=5, lr=0.1, optimizer=optimizer)
    assert [(p.data, p.grad, p.reached) for p in model.parameters()] == before
    twin = copy.deepcopy(model)
    chosen = optim.named(optimizer, twin.parameters())
    chosen.lr = 0.1
    losses, parameters = by_hand(twin, x, target, chosen, 5)
    assert player.film.losses == losses and losses[-1] < losses[0]
    shown = last_shown(player)
    places = {value.label: i for i, value in enumerate(topological_order(sample_loss(model)))}
    places = {p.label: places[p.label] for p in model.parameters()}
    film_places = {
        value.label: i for i, value in enumerate(topological_order(
            nn.losses.squared_error(model([Value(each, requires_grad=False) for each in x]), target)
        ))
    }
    assert places.keys() <= film_places.keys()
    assert [shown[f"v{film_places[p.label]}"] for p in model.parameters()] == parameters


def test_an_update_says_what_it_does():
    random.seed(3)
    neuron = nn.Neuron(1, activation="linear")
    neuron.w[0].data, neuron.b.data = 0.5, 0.25
    player = play(neuron, [2.0], 2.0, steps=1, lr=0.1)
    forward, backward, update, end = player.film.steps[1:]
    assert forward.says == "Step 1 of 1, forward: loss = 0.5625"
    assert backward.says == "Step 1 of 1, backward: the largest gradient of a parameter is ∂loss/∂w[0] = −3"
    assert update.lines == ["w[0]: 0.5 − 0.1 · (−3) = 0.8", "b: 0.25 − 0.1 · (−1.5) = 0.4"]
    assert update.says == f"Step 1 of 1, update: 2 parameters moved; most of all {update.lines[0]}"
    assert end.says == "After 1 training step the loss fell from 0.5625 to 0."
    momentum = optim.SGD(neuron.parameters(), 0.1, momentum=0.9)
    by_momentum = play(neuron, [2.0], 2.0, steps=1, optimizer=momentum)
    assert by_momentum.film.steps[3].lines == ["w[0]: 0.5 → 0.8", "b: 0.25 → 0.4"]


def test_a_training_is_called_by_what_is_trained():
    assert repr(play(network(), [0.5, -0.3], [1.0])) == "<Player: Training MLP(2 → 3 → 2 → 1) on one sample>"

    class Doubled:
        def __init__(self):
            self.neuron = nn.Neuron(1)

        def parameters(self):
            return self.neuron.parameters()

        def __call__(self, x):
            return 2.0 * self.neuron(x)

    assert repr(play(Doubled(), [1.0], 1.0)) == "<Player: Training Doubled on one sample>"


def test_an_update_is_told_with_as_many_digits_as_it_takes_to_see_it():
    neuron = nn.Neuron(1, activation="linear")
    neuron.w[0].data, neuron.b.data = 0.0131412, 0.5
    lines = play(neuron, [1e-4], 0.5 + 1e-6 + 0.0131412e-4, steps=1, lr=0.1).film.steps[3].lines
    assert lines[0] == "w[0]: 0.0131412 − 0.1 · (−2e−10) = 0.0131412"
    assert lines[1] == "b: 0.5 − 0.1 · (−2e−06) = 0.5000002"


def test_an_optimiser_is_copied_with_its_state_and_frozen_parameters_stay():
    model = network()
    model.layers[0].neurons[0].b.requires_grad = False
    chosen = optim.Adam(model.parameters(), lr=0.05)
    player = play(model, [0.5, -0.3], [1.0], steps=3, optimizer=chosen)
    assert chosen.steps == 0
    moved = [step.lines for step in player.film.steps if step.phase == "update"]
    assert len(moved) == 3
    assert all(len(lines) == len(model.parameters()) - 1 for lines in moved)
    assert not any(line.startswith("layer1.neuron1.b:") for lines in moved for line in lines)


def test_a_model_that_is_frozen_has_no_training():
    model = network()
    for p in model.parameters():
        p.requires_grad = False
    with pytest.raises(ValueError, match=r"all parameters .* are frozen.* nothing can be learnt"):
        play(model, [0.5, -0.3], [1.0])
    model.layers[-1].neurons[0].b.requires_grad = True
    assert len(play(model, [0.5, -0.3], [1.0]).film.steps[3].lines) == 1


def test_inputs_may_be_values_whose_names_are_kept():
    x = [Value(0.5, "height"), Value(-0.3)]
    player = play(network(), x, [1.0], steps=1)
    assert '<th scope="row">height</th>' in player.html and '<th scope="row">x[1]</th>' in player.html
    assert player.film.losses == play(network(), [0.5, -0.3], [1.0], steps=1).film.losses


def test_a_training_can_be_folded():
    player = play(network(), [0.5, -0.3], [1.0], steps=2, depth=2)
    texts = [text for step in player.film.steps for slot, text, _ in step.shows if slot == "m0v"]
    assert len({*texts}) == 3, "the outputs of a layer at the start, and after each update"


# ---- what can't be played

def test_errors_name_what_was_written():
    model, f = network(), example_a()
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
    assert "f = x² = 3² = 9" in says(play(f, **options))
    model = network()
    loss = sample_loss(model)
    loss.backward()
    optim.SGD(model.parameters(), 0.1).step()
    with pytest.raises(ValueError, match=r"\.data of one of .*neuron1\.b has changed since v1"):
        play(loss, **options)
    assert play(sample_loss(model), **options).film.steps


def test_a_result_that_was_overwritten_is_refused_too():
    f = example_a()
    x = f.operands[0]
    x.data = 11.0
    with pytest.raises(ValueError, match=r"since x was computed, or x\.data itself: compute f again"):
        play(f)


def test_what_is_frozen_or_not_a_number_since_then_has_its_film():
    a, b = Value(2.0, "a"), Value(math.nan, "b")
    f = a * b
    f.label = "f"
    a.requires_grad = False
    assert "f = a·b = 2·nan = nan" in says(play(f))


def test_arguments_of_a_training_are_not_swallowed_by_the_film_of_one_pass():
    f = example_a()
    with pytest.raises(TypeError, match=r"a Value alone: steps and lr belong to play\(model, x, target\)"):
        play(f, steps=3, lr=0.1)
    usual = {"steps": 10, "loss": "squared_error", "optimizer": "sgd", "lr": 0.1, "x": [1.0], "target": 1.0}
    for name, argument in usual.items():
        with pytest.raises(TypeError, match=rf"alone: {name} belongs to play\(model, x, target\)"):
            play(f, **{name: argument})


def test_an_optimizer_keeps_its_own_learning_rate():
    model = network()
    chosen = optim.SGD(model.parameters(), lr=0.5)
    with pytest.raises(ValueError, match=r"lr: goes with the name of an optimizer; .* optimizer\.lr"):
        play(model, [0.5, -0.3], [1.0], optimizer=chosen, lr=0.1)
    assert "learning rate 0.5" in says(play(model, [0.5, -0.3], [1.0], optimizer=chosen))[0]


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


def test_a_model_that_cannot_be_copied_is_not_trained():
    w = Value(0.5, "w")

    def model(x):
        return w * x[0]

    with pytest.raises(TypeError, match="play trains a copy"):
        play(model, [1.0], 1.0, optimizer=optim.SGD([w], 0.1))
    assert w.data == 0.5


def test_a_model_that_computes_another_graph_after_an_update_has_no_film():
    class Fickle(nn.Module):
        def __init__(self):
            self.w = Value(0.5)

        def forward(self, x):
            return self.w * x[0] if self.w.data == 0.5 else self.w + x[0]

    with pytest.raises(ValueError, match="another graph after an update"):
        play(Fickle(), [1.0], 1.0, lr=0.1)

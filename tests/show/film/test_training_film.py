"""The film of a training: the numbers of the training loop, and a model that stays as it is."""
import copy
import random

import pytest

from autograd_tiny import Value, nn, optim, topological_order
from autograd_tiny.show.film.player import play
from references.show.films import last_shown, network, sample_loss, sentences


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
    assert [shown[f"n{film_places[p.label]}", "value"] for p in model.parameters()] == parameters


def test_an_update_is_described_parameter_by_parameter():
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


def test_the_title_of_a_training_names_the_model():
    assert repr(play(network(), [0.5, -0.3], [1.0])) == "<Player: Training MLP(2 → 3 → 2 → 1) on one sample>"

    class Doubled:
        def __init__(self):
            self.neuron = nn.Neuron(1)

        def parameters(self):
            return self.neuron.parameters()

        def __call__(self, x):
            return 2.0 * self.neuron(x)

    assert repr(play(Doubled(), [1.0], 1.0)) == "<Player: Training Doubled on one sample>"


def test_a_small_update_has_as_many_digits_as_it_takes_to_see_it():
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


def test_inputs_that_are_values_keep_their_labels():
    x = [Value(0.5, "height"), Value(-0.3)]
    player = play(network(), x, [1.0], steps=1)
    assert '<th scope="row">height</th>' in player.html and '<th scope="row">x[1]</th>' in player.html
    assert player.film.losses == play(network(), [0.5, -0.3], [1.0], steps=1).film.losses


def test_a_training_can_be_folded():
    player = play(network(), [0.5, -0.3], [1.0], steps=2, depth=2)
    texts = [text for step in player.film.steps for slot, text, _ in step.shows if slot == ("m0", "value")]
    assert len({*texts}) == 3, "the outputs of a layer at the start, and after each update"


# ---- errors

def test_a_frozen_model_has_no_training():
    model = network()
    for p in model.parameters():
        p.requires_grad = False
    with pytest.raises(ValueError, match=r"all parameters .* are frozen.* nothing can be learnt"):
        play(model, [0.5, -0.3], [1.0])
    model.layers[-1].neurons[0].b.requires_grad = True
    assert len(play(model, [0.5, -0.3], [1.0]).film.steps[3].lines) == 1


def test_an_optimizer_keeps_its_own_learning_rate():
    model = network()
    chosen = optim.SGD(model.parameters(), lr=0.5)
    with pytest.raises(ValueError, match=r"lr: goes with the name of an optimizer; .* optimizer\.lr"):
        play(model, [0.5, -0.3], [1.0], optimizer=chosen, lr=0.1)
    assert "learning rate 0.5" in sentences(play(model, [0.5, -0.3], [1.0], optimizer=chosen))[0]


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

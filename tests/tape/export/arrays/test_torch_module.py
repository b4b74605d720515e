"""Tape.to_torch: values and derivatives of every order are the tape's; the module is one like any other."""
import copy
import io
import pickle
import random

import numpy as np
import pandas as pd
import pytest
from references.programs.exported_tapes import CONVENTIONS, COUNTS, TIES, Rows, is_near_one, near, smooth
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import Value, nn, record

pytestmark = [
    pytest.mark.doors,                  # make test-all runs it, once
    pytest.mark.filterwarnings("ignore:`torch.jit.script` is:FutureWarning"),       # PyTorch calls it itself
]

torch = needed("torch", "torch")
needed("array_api_compat", "torch")


def tensor(x):
    return torch.tensor(np.asarray(x, float), requires_grad=True)


def network():
    model = nn.MLP(2, [5, 4, 1], rng=random.Random(1))
    return record(model, [0.1, 0.2]), np.random.default_rng(0).normal(size=(129, 2))


# ---- numbers

@pytest.mark.parametrize("count", COUNTS)
def test_every_row_at_its_edges(count):
    rows = Rows(count)
    x = tensor(rows.X)
    outputs = rows.tape.to_torch()(x)
    outputs.sum().backward()
    rows.check(outputs.detach().numpy(), x.grad.numpy())


@pytest.mark.parametrize("count", COUNTS[:-1])
def test_every_row_in_single_precision(count):
    rows = Rows(count, is_near_one)
    x = torch.tensor(rows.X, dtype=torch.float32, requires_grad=True)
    outputs = rows.tape.to_torch(dtype="float32")(x)
    outputs.sum().backward()
    rows.check_single(outputs.detach().numpy(), x.grad.numpy())


@pytest.mark.parametrize(("seed", "size"), [*((seed, 1 + 3 * seed) for seed in range(15)), (20, 300), (21, 5000)])
def test_random_programs(seed, size):
    tape, xs = smooth(seed, size)
    module, x = tape.to_torch(), tensor(xs)
    outputs = module(x)
    outputs.mean().backward()
    near(outputs.detach(), tape(xs))
    near(x.grad * len(xs), tape.input_gradients(xs))
    if tape.parameters:
        near([p.grad for p in module.parameters()], tape.value_and_grad(xs)[1])


@pytest.mark.parametrize("size", [1, 128, 129])
def test_networks(size):
    tape, xs = network()
    module = tape.to_torch()
    total = module(torch.tensor(xs[:size])).mean()
    total.backward()
    near(total.detach(), tape.value_and_grad(xs[:size])[0])
    near([p.grad for p in module.parameters()], tape.value_and_grad(xs[:size])[1])


def test_one_sample_no_sample_and_several_outputs():
    w = Value(2.0, "w")
    tape = record(lambda x, y: [w * x, x * y, at.maximum(x, 1.0)], 1.0, 2.0)
    module = tape.to_torch()
    assert module([1.0, 3.0]).tolist() == [2.0, 3.0, 1.0]
    assert module(np.zeros((0, 2))).shape == (0, 3) and module(torch.ones(4, 2)).shape == (4, 3)
    assert record(lambda x: w * x, 1.0).to_torch()([3.0]).tolist() == 6.0
    with pytest.raises(ValueError, match="2 numbers for each sample"):
        module([1.0, 2.0, 3.0])


@pytest.mark.parametrize("f", CONVENTIONS)
def test_conventions(f):
    """Ties, the bounds of a clip, and what was not selected, also inside functions with an infinite derivative."""
    tape, x = record(f, 1.0, 2.0), tensor(TIES)
    tape.to_torch()(x).sum().backward()
    np.testing.assert_array_equal(x.grad, tape.input_gradients(TIES))


@pytest.mark.filterwarnings("ignore:.*jit.script:DeprecationWarning")       # by torch itself
def test_functions_of_the_parameters():
    """By torch.func.functional_call, also over several sets of parameters at once."""
    tape, xs = network()
    module, x = tape.to_torch(), torch.tensor(xs)
    at_once = {name: torch.stack([p.detach(), 2.0 * p.detach()]) for name, p in module.named_parameters()}

    def outputs(parameters, x):
        return torch.func.functional_call(module, parameters, x)

    both = torch.func.vmap(outputs, (0, None))(at_once, x)
    near(both[0].detach(), tape(xs))
    parameters = {name: p.detach() for name, p in module.named_parameters()}
    of_samples = torch.func.vmap(torch.func.grad(outputs), (None, 0))(parameters, x)
    near(torch.stack([*of_samples.values()]).mean(1), tape.value_and_grad(xs)[1])


@pytest.mark.filterwarnings("ignore:.*jit.script:DeprecationWarning")       # by torch itself
def test_derivatives_of_higher_order():
    tape, xs = network()
    module = tape.to_torch()
    near(torch.func.vmap(torch.func.hessian(module))(torch.tensor(xs)).detach(), tape.hessian(xs))
    w = Value(0.7, "w")
    tape = record(lambda x, y: at.sigmoid(w * x) * y**3 + at.softplus(x * y) * at.gelu(y) / (1 + x * x), 0.3, 0.4)
    module = tape.to_torch()
    assert torch.autograd.gradcheck(module, (tensor(xs[:3]),))
    assert torch.autograd.gradgradcheck(module, (tensor(xs[:3]),))
    near(torch.func.vmap(torch.func.hessian(module))(torch.tensor(xs)).detach(), tape.hessian(xs))
    near(torch.func.vmap(torch.func.jacfwd(module))(torch.tensor(xs)).detach(), tape.jacobian(xs))


def test_a_take_out_of_range_is_nan():
    w = [Value(1.0), Value(2.0), Value(3.0)]
    tape = record(lambda x, i: at.take(w, i) * x + at.take([x, 2 * x], at.less(i, 1.0)), 1.0, 1.0, parameters=w)
    module, xs = tape.to_torch(), [[1.0, 0.0], [2.0, -1.0], [1.0, 2.0]]
    module(xs).mean().backward()
    near([p.grad for p in module.parameters()], tape.value_and_grad(xs)[1])
    assert torch.isnan(module([[1.0, 3.0], [1.0, 0.5], [1.0, np.nan]])).all()


# ---- a module like any other

def test_names_are_those_of_the_labels_made_safe():
    labels = ["a.b", "forward", "import", "", "a_b", "w[0]", "</script>\u2028*/", "training", "a.b", "_index"]
    w = [Value(float(k), label) for k, label in enumerate(labels)]
    module = record(lambda x: at.sum([each * x for each in w]), 1.0, parameters=w).to_torch()
    assert len({*module.state_dict()}) == len(labels) and all(map(str.isidentifier, module.names))
    assert module.names[0] == "a_b_2" and module.names[3:5] == ("p3", "a_b") and module.names[5] == "w_0"
    assert [x.item() for x in module.state_dict().values()] == [x.data for x in w]
    assert module([1.0]).item() == 45.0 and module.training


def test_labels_of_any_script_are_names_that_files_keep():
    labels = ["é", "e", "", "名", "名", "σ²", "é", "2w", "w.b", "w_b"]
    w = [Value(float(k), label) for k, label in enumerate(labels)]
    tape = record(lambda x: at.sum([each * x for each in w]), 1.0, parameters=w)
    module, other = tape.to_torch(), tape.to_torch()
    assert module.names == ("e_2", "e", "p2", "p3", "p4", "sigma2", "e_3", "p2w", "w_b_2", "w_b")
    assert (*module.state_dict(),) == module.names
    file = io.BytesIO()
    torch.save({name: 2.0 * x for name, x in module.state_dict().items()}, file)
    file.seek(0)
    other.load_state_dict(torch.load(file))
    assert [p.item() for p in other.parameters()] == [2.0 * k for k in range(len(w))] and other([1.0]).item() == 90.0


def test_frozen_values_stay_frozen():
    w, frozen = Value(2.0, "w"), Value(3.0, "f", requires_grad=False)
    module = record(w * frozen * (x := Value(1.0)), x, parameters=[w, frozen]).to_torch()
    module([[1.0]]).sum().backward()
    assert module.w.grad == 3.0 and module.f.grad is None


def test_state_dict_copies_pickles_and_precision():
    tape, xs = network()
    module, other = tape.to_torch(), tape.to_torch()
    with torch.no_grad():
        for p in module.parameters():
            p.mul_(2.0)
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file))
    expected = module(xs)
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    copies = copy.deepcopy(module), pickle.loads(pickle.dumps(module)), torch.load(file, weights_only=False)
    for each in (other, *copies):
        assert torch.equal(each(xs), expected)
    single = copy.deepcopy(module).float()
    assert single(xs).dtype == torch.float32 and expected.dtype == torch.float64
    near(single(xs).detach(), expected.detach(), 1e-6)
    assert tape.astype("float32").to_torch()(xs).dtype == tape.to_torch(dtype="float32")(xs).dtype == torch.float32
    assert tape.astype("float32").to_torch(dtype="float64")(xs).dtype == torch.float64
    assert module.to("meta")(torch.ones(3, 2, device="meta")).shape == (3,)


def test_a_module_that_was_made_without_memory_has_all_its_numbers_once_they_are_loaded():
    w = Value(0.7, "w")
    tape = record(lambda x, y: at.sin(w * x) * 0.1 + at.take([y, x, 3.0 * y], at.greater(x, 0.0)), 1.0, 2.0)
    expected, xs = tape.to_torch(), [[0.5, 2.0], [-1.0, 3.0]]
    module = tape.to_torch().to("meta").to_empty(device="cpu")
    module.load_state_dict(expected.state_dict())
    assert torch.equal(module(xs), expected(xs))
    assert torch.equal(module.float().double()(xs), expected.float().double()(xs))


def test_only_real_numbers_that_keep_their_gradient_are_taken():
    module = record(lambda x, y: x * y, 1.0, 2.0).to_torch()
    x = torch.ones((), requires_grad=True)
    for wrong, message in [
        ([x, x], r"has a gradient of PyTorch.*pass one tensor"), (torch.ones(3, 2) * 1j, "real numbers"),
        (np.ones((3, 2)) * 1j, "real numbers"), ([["a", "b"]], "real numbers"), (torch.eye(2).to_sparse(), "dense"),
    ]:
        with pytest.raises(TypeError, match=message):
            module(wrong)
    assert module(torch.stack([x, x])).requires_grad
    frame = pd.DataFrame({"y": [3.0, 4.0], "x": [1.0, 2.0]})
    lopsided = record(lambda x, y: x - y, 1.0, 2.0).to_torch()
    assert lopsided(frame).tolist() == [-2.0, -2.0]                 # columns are found by their names
    with pytest.warns(UserWarning, match="Complex modules"), pytest.raises(TypeError, match="can't be converted"):
        module.to(torch.complex64)(torch.ones(3, 2))


def test_an_optimiser_of_torch_trains_it():
    w = Value(0.0, "w")
    module = record(lambda x, y: (w * x - y) ** 2, 1.0, 1.0).to_torch()
    optimiser = torch.optim.LBFGS(module.parameters())
    xs = torch.tensor([[1.0, 2.0], [2.0, 4.1]])

    def closure():
        optimiser.zero_grad()
        loss = module(xs).mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    assert module.w.item() == pytest.approx(10.2 / 5)

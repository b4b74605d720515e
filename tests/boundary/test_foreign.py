"""Arrays of other libraries, through every door: their numbers are taken, or an error says what would be lost."""
import functools
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import Value, nn, optim, record, vectors
from autograd_tiny.boundary.foreign import as_numpy, numbers_of

W = [Value(0.5, "w"), Value(-0.25, "v")]
TAPE = record(lambda x, y: W[0] * x * y + W[1], 1.0, 2.0)
TARGETS = [1.0, -1.0, 1.0, -1.0]


@functools.cache
def model():
    return nn.MLP(2, [3, 1], rng=random.Random(1))


def sklearns(call):
    def door(x):
        from autograd_tiny.sklearn import MLPRegressor

        call(MLPRegressor(max_iter=1).partial_fit(np.ones((4, 2)), TARGETS), x)

    return door


def fit(**arguments):
    at.fit(model(), loss="mse", epochs=1, progress=False, **{"X": np.ones((4, 2)), "y": TARGETS} | arguments)


DOORS = {
    "tape": TAPE, "input_gradients": TAPE.input_gradients, "value_and_grad": TAPE.value_and_grad,
    "weights": lambda x: TAPE.value_and_grad(np.ones((4, 2)), x), "at": lambda x: TAPE.value_and_grad([1.0, 2.0], at=x),
    "cotangents": lambda x: TAPE.vjp(np.ones((4, 2)), x), "tangents": lambda x: TAPE.jvp(np.ones((4, 2)), x),
    "predict": lambda x: at.predict(model(), x), "evaluate": lambda x: at.evaluate(model(), x, TARGETS, "mse"),
    "fit": lambda x: fit(X=x), "targets": lambda x: fit(y=x), "sample_weight": lambda x: fit(sample_weight=x),
    "validation_data": lambda x: fit(validation_data=(x, TARGETS)),
    "diagnose": lambda x: at.diagnose(model(), x, TARGETS, "mse"),
    "plot": lambda x: at.plot_decision_regions(model(), x, [0, 1, 0, 1]),
    "sklearn fit": sklearns(lambda estimator, x: estimator.fit(x, TARGETS)),
    "sklearn targets": sklearns(lambda estimator, x: estimator.fit(np.ones((4, 2)), x)),
    "sklearn predict": sklearns(lambda estimator, x: estimator.predict(x)),
    "vectors.write": lambda x: vectors.write(W, x), "vectors.add_gradients": lambda x: vectors.add_gradients(W, x),
}
WEIGHTS = {
    "load_state_dict": lambda x: nn.Layer(2, 4).load_state_dict({"w": x, "b": np.zeros(4)}),
    "from_state_dict": lambda x: nn.from_state_dict({"weight": x}),
}
TRANSFORMS = {
    "grad": at.grad(np.sum), "hessian": at.hessian(np.sum), "jit": at.jit(lambda x: np.sum(x)),
}
OPTIMIZERS = {"optimizer": lambda x: (o := optim.Adam(W)).load_state_dict(o.state_dict() | {"exp_avg": x})}


def masked():
    return np.ma.array(np.ones((4, 2)), mask=[[0, 1]] * 4)


def everywhere(doors):
    return pytest.mark.parametrize("door", doors.values(), ids=doors)


@everywhere(DOORS | WEIGHTS | TRANSFORMS)
def test_a_mask_is_lost_nowhere(door):
    before = [x.data for x in (*W, *model().parameters())]
    for x in (masked(), [*masked()], [masked()[0].tolist(), masked()[0]], masked()[:, 1]):
        with pytest.raises((TypeError, ValueError), match=r"masked numbers|got None"):
            door(x)
    assert [x.data for x in (*W, *model().parameters())] == before


def test_a_masked_array_without_a_masked_number_is_an_array():
    assert TAPE(np.ma.array([[1.0, 2.0]], mask=False)).tolist() == TAPE([[1.0, 2.0]]).tolist()
    assert at.grad(np.sum)(np.ma.array([1.0, 2.0])).tolist() == [1.0, 1.0]


class Stored:
    """An array in a file, as those of HDF5 and Zarr, or one in memory of a library that knows Dask."""

    def __array__(self, dtype=None, copy=None):
        return np.array([[1.0, 2.0]], dtype)

    def __dask_graph__(self):
        return None


@pytest.mark.parametrize("x", [
    Stored(), [[Fraction(1), 2]], ((1, np.float32(2)),), [np.array([1, 2])],
    pd.DataFrame({"a": [1.0], "b": [2]}), pd.DataFrame({"a": pd.array([1], "Int64"), "b": pd.array([2.0], "Float64")}),
    [[[[[1.0, 2.0]]]]][0][0][0],
], ids=lambda x: type(x).__name__)
def test_numbers_of_any_kind_are_taken(x):
    assert TAPE(x).tolist() == [W[0].data * 2.0 + W[1].data]
    assert at.predict(model(), x).tolist() == at.predict(model(), [[1.0, 2.0]]).tolist()


def test_missing_numbers_are_nan_or_an_error():
    assert np.isnan(TAPE(pd.DataFrame({"a": [1.0, None], "b": [2.0, 3.0]}))).tolist() == [False, True]
    for x in (pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [2.0, 3.0]}), [[1.0, None]]):
        with pytest.raises(TypeError, match=r"X: real numbers are expected, got (None|NAType)"):
            TAPE(x)
    with pytest.raises(ValueError, match="X: rows of equal length are expected"):
        TAPE([[1.0, 2.0], [3.0]])


def test_what_numpy_cannot_read_is_an_error_that_says_why():
    class Elsewhere:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("copy me to the host")

    with pytest.raises(TypeError, match="X: NumPy can't read Elsewhere: copy me to the host"):
        as_numpy(Elsewhere(), "X")


def test_a_list_in_itself_ends():
    endless = []
    endless.append(endless)
    with pytest.raises((TypeError, ValueError)):
        TAPE(endless)


def test_numbers_of_parameters_are_copies():
    given = np.ones(2)
    assert numbers_of(given, "w") is not given and numbers_of([1, True], "w").dtype == float
    with pytest.raises(TypeError, match="w: an array of numbers is expected, got list"):
        numbers_of([1j], "w")


# ---- Dask

@pytest.mark.doors
@everywhere(DOORS | WEIGHTS | OPTIMIZERS)
def test_partitions_are_brought_here_nowhere(door):
    da, dd = needed("dask.array", "dask"), needed("dask.dataframe", "dask")
    fetched = []

    def partition(block):
        fetched.append(block)
        return block

    x = da.ones((4, 2), chunks=2).map_blocks(partition, meta=np.empty((0, 0)))
    for each in (x, [*x], [[x[0, 0], 1.0]], dd.from_dask_array(x, ["a", "b"])):
        with pytest.raises((TypeError, ValueError), match=r"is a Dask collection: .* or pass .*\.compute\(\)"):
            door(each)
    assert not fetched


@pytest.mark.doors
@everywhere(TRANSFORMS)
def test_a_function_of_a_dask_array_is_no_function_of_numbers(door):
    x = needed("dask.array", "dask").ones(3)
    for each in (x, [*x]):
        with pytest.raises(TypeError, match=r"argument 0 of .*: a number, or a list.* expected, got Array dask"):
            door(each)


# ---- PyTorch

@pytest.mark.doors
@pytest.mark.filterwarnings("ignore:.*jit.script:DeprecationWarning")       # by torch itself
@everywhere(DOORS)
def test_no_gradient_of_torch_is_lost(door):
    torch = needed("torch", "torch")
    x = torch.ones(4, 2, requires_grad=True)
    for each in (x, 2.0 * x, [*x], [[x[0, 0], 1.0]]):
        with pytest.raises(TypeError, match=r"has a gradient of PyTorch, .* tape.to_torch\(\) makes, or .*detach\(\)"):
            door(each)
    with torch.autograd.forward_ad.dual_level(), pytest.raises(TypeError, match="has a gradient of PyTorch"):
        door(torch.autograd.forward_ad.make_dual(torch.ones(4, 2), torch.ones(4, 2)))
    with pytest.raises(TypeError, match=r"NumPy can't read|has a gradient of PyTorch"):
        torch.func.jvp(lambda x: torch.tensor(door(x)), (torch.ones(4, 2),), (torch.ones(4, 2),))


@pytest.mark.doors
@everywhere(DOORS | WEIGHTS)
def test_a_tensor_without_numbers_is_an_error(door):
    torch = needed("torch", "torch")
    with pytest.raises(TypeError, match="is on the device meta, and so has a shape but no numbers"):
        door(torch.ones(4, 2, device="meta"))


@pytest.mark.doors
def test_other_tensors_are_numbers_or_say_what_to_pass():
    torch = needed("torch", "torch")
    assert TAPE(torch.tensor([[1.0, 2.0]])).tolist() == TAPE([torch.tensor([1, 2])]).tolist() == TAPE([[1, 2]]).tolist()
    for x, message in [
        (torch.ones(1, 2).to_sparse(), r"NumPy can't read .*Use Tensor.to_dense\(\)"), (torch.ones(1, 2) * 1j, "real"),
        (torch.ones(1, 2).bfloat16(), "NumPy can't read .*BFloat16"),
    ]:
        with pytest.raises(TypeError, match=message):
            TAPE(x)


@pytest.mark.doors
@everywhere(WEIGHTS)
def test_weights_of_torch_are_their_numbers(door):
    torch = needed("torch", "torch")
    door(torch.ones(4, 2, requires_grad=True, dtype=torch.bfloat16))
    with pytest.raises(TypeError, match="an array of numbers is expected"):
        door(torch.ones(4, 2) * 1j)


# ---- JAX

@pytest.mark.doors
@everywhere(DOORS | WEIGHTS)
def test_what_jax_traces_is_an_error(door):
    jax = needed("jax", "jax")
    for transform in (jax.jit, jax.jacobian, jax.vmap):
        for lists in (lambda x: x, lambda x: [*x]):
            with pytest.raises(TypeError, match=r"traced by JAX.*tape.to_jax\(\)"):
                transform(lambda x, lists=lists: door(lists(x)))(np.ones((4, 2)))


@pytest.mark.doors
def test_arrays_of_jax_are_numbers():
    jax = needed("jax", "jax")
    assert TAPE(jax.numpy.array([[1.0, 2.0]])).tolist() == TAPE([[1.0, 2.0]]).tolist()

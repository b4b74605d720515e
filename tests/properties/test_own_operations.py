"""Operations that users define by formulas, through every door: values and derivatives are those of the engine."""
import re

import numpy as np
import pytest
from references.custom import cube, wave
from references.optional import needed
from references.programs.own_operations import (
    DEFINITIONS, EDGES, MODERATE, alike, deep, defined, eager, eager_hessian, network, points, tape_of,
)
from references.programs.compiled_c import exported
from references.tapes import batch, close

from autograd_tiny import operation, record

pytestmark = pytest.mark.doors  # make test-all runs it, once

every = pytest.mark.parametrize("name", DEFINITIONS)


# ---- C

@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    tapes = {f"f{k}": tape_of(defined(name)) for k, name in enumerate(DEFINITIONS)}
    tapes |= {f"second{k}": tape.gradient() for k, tape in enumerate([*tapes.values()])}
    return exported(tmp_path_factory.mktemp("own"), tapes | {"network": network(), "deep": deep()})


@every
def test_in_c(compiled, name):
    k, own = [*DEFINITIONS].index(name), defined(name)
    samples = points(len(own.operands))
    for x, value, derivatives in zip(samples, *eager(own, samples), strict=True):
        code, found, by_x, _ = compiled[f"f{k}"].gradient(x)
        assert code == 0
        alike([found, *by_x], [value, *derivatives])
    for x in points(len(own.operands), [0.3, -0.7, 2.5])[:20]:
        alike(compiled[f"second{k}"].gradient(x)[2], eager_hessian(own, x)[0])


def test_in_c_in_single_precision(tmp_path):
    tapes = {f"f{k}": tape_of(defined(name)) for k, name in enumerate(DEFINITIONS)}
    for each in exported(tmp_path, {name: tape.astype("float32") for name, tape in tapes.items()}).values():
        for x in batch(5, len(each.tape.inputs)).astype(np.float32):
            code, value, by_x, _ = each.gradient(x)
            assert code == 0
            np.testing.assert_allclose([value, *by_x], [*each.tape([x]), *each.tape.input_gradients([x])[0]], rtol=1e-5)


@pytest.mark.parametrize("name", ["network", "deep"])
def test_large_tapes_in_c(compiled, name):
    tape = compiled[name].tape
    for x in batch(3, len(tape.inputs)):
        _, value, by_x, by_p = compiled[name].gradient(x)
        close([value], tape([x]).ravel()[:1])
        close(by_x, tape.input_gradients([x])[0])
        close(by_p, tape.value_and_grad([x])[1])


# ---- ONNX

@every
def test_in_onnx(tmp_path, name):
    from references.onnx_models import outputs

    own = defined(name)
    samples = points(len(own.operands))
    tape_of(own).to_onnx(tmp_path / "f.onnx")
    np.testing.assert_allclose(outputs(tmp_path / "f.onnx", samples), eager(own, samples)[0], rtol=1e-12, atol=1e-14)


def test_large_tapes_in_onnx(tmp_path):
    from references.onnx_models import outputs

    tape = network()
    tape.to_onnx(tmp_path / "f.onnx")
    close(outputs(tmp_path / "f.onnx", batch(5, 3)), tape(batch(5, 3)))
    tape.gradient().to_onnx(tmp_path / "df.onnx")
    close(outputs(tmp_path / "df.onnx", batch(5, 3)), tape.input_gradients(batch(5, 3)))


# ---- JAX and PyTorch

@every
def test_in_jax(name):
    jax = needed("jax", "jax")
    own = defined(name)
    with jax.enable_x64(True):
        function = tape_of(own).to_jax()
        samples = points(len(own.operands), MODERATE)[:400]
        values, derivatives = eager(own, samples)
        found = jax.jit(jax.vmap(jax.value_and_grad(lambda x: function({}, x))))(samples)
        np.testing.assert_allclose(found[0], values, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(found[1], derivatives, rtol=1e-12, atol=1e-300)
        for x in batch(3, len(own.operands)):
            alike(jax.hessian(lambda x: function({}, x))(x), eager_hessian(own, x))


@pytest.mark.parametrize("make", [network, deep])
def test_large_tapes_in_jax(make):
    jax = needed("jax", "jax")
    tape = make()
    with jax.enable_x64(True):
        function, xs = tape.to_jax(), batch(3, len(tape.inputs))
        close(function(function.parameters, xs), tape(xs))
        first = jax.grad(lambda p, x: function(p, x).reshape(3, -1)[:, 0].mean(), argnums=(0, 1))
        by_parameters, by_inputs = first(np.array([*function.parameters.values()]), xs)
        close(by_parameters, tape.value_and_grad(xs)[1])
        close(3.0 * by_inputs, tape.input_gradients(xs))


@every
def test_in_pytorch(name):
    torch = needed("torch", "torch")
    own = defined(name)
    module = tape_of(own).to_torch()
    samples = points(len(own.operands), MODERATE)[:400]
    values, derivatives = eager(own, samples)
    x = torch.tensor(samples, requires_grad=True)
    found = module(x)
    alike(found.detach(), values)
    if found.requires_grad:
        found.sum().backward()
        alike(x.grad, derivatives)
    for sample in batch(3, len(own.operands)):
        if found.requires_grad:
            alike(torch.autograd.functional.hessian(module, torch.tensor(sample)), eager_hessian(own, sample))


def test_a_network_in_pytorch():
    torch = needed("torch", "torch")
    tape, xs = network(), batch(5, 3)
    module = tape.to_torch()
    found = module(torch.tensor(xs))
    close(found.detach(), tape(xs))
    found[:, 0].mean().backward()
    close([float(p.grad) for p in module.parameters()], tape.value_and_grad(xs)[1])


# ---- what can't pass, and the way out

def in_jax(tape):
    with needed("jax", "jax").enable_x64(True):
        return tape.to_jax()


DOORS = {
    "C": lambda tape, folder: tape.to_c(folder / "f.c"),
    "JavaScript": lambda tape, folder: tape.to_javascript(folder / "f.mjs"),
    "ONNX": lambda tape, folder: tape.to_onnx(folder / "f.onnx"),
    "JAX": lambda tape, folder: in_jax(tape), "PyTorch": lambda tape, folder: tape.to_torch(),
    "a file": lambda tape, folder: tape.save(folder / "f.json"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("own", "formula"), [(cube, "x**3"), (wave, "sin(x) * y")], ids=["cube", "wave"])
def test_the_advice_of_the_error_leads_through_the_door(door, own, formula, tmp_path):
    examples = [0.5, 0.25][: len(own.operands)]
    tape = record(lambda *xs: own(*xs) + 1.0, *examples)
    with pytest.raises(TypeError, match=f"{own.name} is an operation of Python functions, which {door}") as caught:
        DOORS[door](tape, tmp_path)
    assert not [*tmp_path.iterdir()]
    advice = re.search(r"operation\(\"(.*) = …\"\), and record the tape again", str(caught.value))
    again = operation(f"{advice[1]} = {formula}")
    assert again(*examples) == own(*examples)
    DOORS[door](record(lambda *xs: again(*xs) + 1.0, *examples), tmp_path)


@pytest.mark.parametrize("door", DOORS)
def test_two_operations_of_the_same_name_are_an_error_at_every_door(door, tmp_path):
    first, second = operation("own(x) = x**2"), operation("own(x) = x**3")
    tape = record(lambda x: first(x) + second(x), 0.5)
    close(tape([[2.0]]), [12.0])
    with pytest.raises(ValueError, match="the tape has two operations called own: give one of them another name"):
        DOORS[door](tape, tmp_path)
    assert not [*tmp_path.iterdir()]
    DOORS[door](record(lambda x: first(x) * operation("own(x) = x**2")(x), 0.5), tmp_path)


def test_edges_are_among_the_points():
    assert len(points(1)) == len(EDGES) and np.isnan(points(2)).any() and len(points(4)) == 300

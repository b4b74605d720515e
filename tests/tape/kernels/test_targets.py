"""The kernels for all processors give the same numbers, bit for bit, and a variable chooses among them."""
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from references.programs.random_graphs import random_program, run
from references.tapes import bits

import autograd_tiny as at
from autograd_tiny import Value, engine_kind, nn, record
from autograd_tiny.calculus import c_kernels
from autograd_tiny.tape.grouping import Plan
from autograd_tiny.tape.kernels import targets

native = pytest.mark.skipif(not at.simd(), reason="the kernels were not built")
EXACT = (           # operations that no library decides: of these, kernels for other processors get the same numbers
    *sorted(c_kernels.VECTOR_FUNCTIONS),
    "add", "sub", "mul", "div", "neg", "abs", "sqrt", "relu", "leaky_relu", "sign", "floor", "ceil", "trunc", "round",
    "maximum", "minimum", "where", "clip", "greater", "less_equal", "equal", "dot", "sum", "mean", "prod", "max", "min",
)
SIZES = 1, 5, 8, 99, 300


def networks():
    """Layers whose widths leave every remainder, and weights that do not stand in order; no function of a library."""
    rng = random.Random(0)
    x = [Value(rng.uniform(-1, 1)) for _ in range(19)]
    for widths in ([17, 2], [8, 16, 3], [10, 7, 2], [1, 5]):
        model = nn.MLP(len(x), widths, rng=rng)
        yield at.sum([y * y for y in model(x)]), x
    shuffled = rng.sample(model.parameters(), 19)
    yield [at.dot(shuffled, x), at.dot(shuffled[:9], x[:9]) * x[1] / x[2], at.prod(x[:5])], x


def tapes():
    """Tapes of exact operations."""
    found = [record(*each) for each in networks()]
    for seed in range(12):
        results = run(random_program(seed, 25, EXACT))
        found.append(record(results[-1], [x for x in results if not x.parents][:2] or results[:1]))
    return found


def with_functions():
    """A tape of functions of the library, which are the same for all targets of one processor."""
    a, b, c, d = (Value(0.3 + 0.1 * i) for i in range(4))
    return record([at.logsumexp([at.exp(a), at.tanh(b), at.lgamma(c), a**d]), at.sin(a) / at.erf(b)], [a, b, c, d])


def samples(inputs, size):
    """Ordinary numbers, and in larger batches a few that are not."""
    found = np.random.default_rng(size).normal(size=(size, inputs))
    if size > 50:
        found[::7, 0] = [[0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e300][i % 7] for i in range(len(found[::7]))]
    return found


def numbers_of(executor, plan, x, weights):
    """What an executor computes from a plan: all of its methods, one after the other."""
    scalars, of_scalars = np.zeros((2, plan.scalars), x.dtype)
    scalars[: len(plan.constants)] = plan.constants
    scalars[len(plan.constants) :] = np.sin(np.arange(plan.scalars - len(plan.constants)) + 1.0)
    given = scalars.copy()
    out, changes = np.zeros((2, len(x), len(plan.outputs)), x.dtype)
    first, gradients = np.zeros(len(x), x.dtype), np.zeros_like(x)
    executor.prepare(scalars)
    executor.values(scalars, x, out)
    values = out.copy()
    total = executor.adjoints(scalars, x, weights, of_scalars)
    executor.finish(scalars, of_scalars)
    executor.input_adjoints(scalars, x, first, gradients)
    executor.tangents(scalars, x, out, changes, x)
    return given, [scalars, values, [total], of_scalars, first, gradients, out, changes]


# ---- the targets of this processor

@native
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", (*SIZES, 17))
def test_all_targets_of_this_processor_give_the_same_numbers_bit_for_bit(size, dtype):
    from autograd_tiny.tape.native_executor import NativeExecutor, use

    chosen = at.simd()
    plans = [Plan(tape.program) for tape in [*tapes(), with_functions()]]
    found = {}
    for target in targets.available():
        use(target)
        found[target] = [
            bits(*numbers_of(
                NativeExecutor(plan, dtype), plan, samples(plan.inputs, size).astype(dtype),
                np.cos(np.arange(size)).astype(dtype),
            )[1])
            for plan in plans
        ]
    use(chosen)
    for target, each in found.items():
        assert each == found["default"], target


def started(**environment):
    code = "import autograd_tiny as at; print(at.simd(), at.record(lambda x: x * x, 1.0)([3.0]).tolist())"
    settings = {"AUTOGRAD_TINY_PURE": "", "PYTHONPATH": str(Path(at.__file__).parents[1]), **environment}
    return subprocess.run([sys.executable, "-c", code], env=os.environ | settings, capture_output=True, text=True)


@native
def test_the_variable_chooses():
    for target in targets.available():
        done = started(AUTOGRAD_TINY_SIMD=target)
        assert done.stdout.split() == [target, "[9.0]"], done.stderr


@native
def test_without_the_variable_the_widest_vectors_are_chosen():
    assert started(AUTOGRAD_TINY_SIMD="").stdout.split()[0] == targets.available()[0]


@native
def test_a_name_that_is_not_there_is_an_error_that_says_which_are():
    done = started(AUTOGRAD_TINY_SIMD="avx3")
    assert done.returncode and "AUTOGRAD_TINY_SIMD=avx3" in done.stderr
    assert ", ".join(targets.available()) in done.stderr.splitlines()[-1]


def test_in_the_pure_engine_none_runs():
    assert started(AUTOGRAD_TINY_PURE="1", AUTOGRAD_TINY_SIMD="avx3").stdout.split() == ["None", "[9.0]"]
    assert engine_kind() == "native" or at.simd() is None


def test_a_target_that_this_processor_cannot_run_is_not_chosen(monkeypatch):
    class Default:
        runs_avx512f, runs_avx2, runs_default = 0, 1, 1

    monkeypatch.setattr(targets, "import_module", lambda name: Default)
    monkeypatch.setattr(targets, "find_spec", lambda name: name)
    monkeypatch.setenv("AUTOGRAD_TINY_SIMD", "")
    assert targets.available() == ["avx2", "default"] and targets.choose() == "avx2"
    monkeypatch.setattr(targets, "find_spec", lambda name: None if name.endswith("avx2") else name)
    assert targets.choose() == "default"
    monkeypatch.setenv("AUTOGRAD_TINY_SIMD", "avx2")
    with pytest.raises(ValueError, match=r"AUTOGRAD_TINY_SIMD=avx2, but .* are default"):
        targets.choose()


# ---- other compilers and processors

FLAGS = ["-O3", "-fopenmp-simd", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
BUILDS = {                          # a compiler and its options, and what runs the program
    "gcc": (["gcc"], []),
    "clang": (["clang"], []),
    "clang for AVX2": (["clang", "-mavx2"], []),
    "gcc for 64-bit ARM": (["aarch64-linux-gnu-gcc", "-static"], ["qemu-aarch64-static"]),
}


@pytest.fixture(scope="module", params=BUILDS)
def program(request, tmp_path_factory):
    """The command that runs harness.c, compiled by a compiler."""
    compiler, runner = BUILDS[request.param]
    for tool in (compiler[0], *runner):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    if "-mavx2" in compiler and "avx2" not in targets.available():
        pytest.skip("this processor has no AVX2")
    folder = tmp_path_factory.mktemp("program")
    for name, text in {"kernels.h": c_kernels.source(), "row_functions.h": c_kernels.row_functions()}.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    package = Path(at.__file__).parent
    sources = [folder, package / "tape/kernels", package / "calculus"]
    command = [*compiler, *FLAGS, *(f"-I{each}" for each in sources), str(Path(__file__).with_name("harness.c"))]
    subprocess.run([*command, "-o", "program", "-lm"], cwd=folder, check=True)
    return [*runner, str(folder / "program")]


@native
@pytest.mark.parametrize("size", SIZES)
def test_other_compilers_and_processors_give_the_same_numbers_bit_for_bit(program, size):
    from autograd_tiny.tape.native_executor import NativeExecutor

    for tape in tapes():
        plan = Plan(tape.program)
        executor = NativeExecutor(plan)
        x, weights = samples(plan.inputs, size), np.cos(np.arange(size))
        scalars, expected = numbers_of(executor, plan, x, weights)
        integers = [np.asarray(each, np.int32) for each in (plan.places, plan.copied, plan.outputs)]
        width = 1 if size == 1 else executor.width
        counts = [plan.inputs, plan.rows, 10**5, plan.scalars, size, width, 0]
        sizes = np.array([plan.once, len(plan.table), *map(len, integers), *counts])
        sent = [sizes, np.asarray(plan.table, np.int64), *integers, scalars, x, weights]
        done = subprocess.run(program, input=b"".join(each.tobytes() for each in sent), capture_output=True, check=True)
        assert bits(np.frombuffer(done.stdout)) == bits(*expected)

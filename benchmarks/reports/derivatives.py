"""Derivatives as functions, and what a gradient costs beside the function."""
from __future__ import annotations

from measuring.processes import Case, missing
from measuring.tables import Row, at_least, table
from measuring.times import check_agreement, measure


TARGETS: dict[Case, float] = {
    **{("autograd", problem, "scalar"): 5.0 for problem in ("gradient", "Hessian", "Jacobian")},
    ("jax", "gradient", "scalar", "jitted"): 2.0, ("jax", "Hessian", "scalar", "jitted"): 1.0,
}


def derivatives() -> str:
    names: dict[Case, str] = {
        ("native", "scalar"): "native", ("native", "scalar", "jitted"): "native jitted",
        ("pure", "scalar"): "pure", ("autograd", "scalar"): "HIPS/autograd",
        ("jax", "scalar"): "JAX", ("jax", "scalar", "jitted"): "JAX jitted",
        ("native", "vectorised"): "native, vectorised",
        ("autograd", "vectorised"): "HIPS/autograd, vectorised",
        ("jax", "vectorised", "jitted"): "JAX jitted, vectorised",
    }
    titles = {
        "gradient": "gradient of Rosenbrock's function, n = 100",
        "Hessian": "Hessian of Rosenbrock's function, n = 30",
        "Jacobian": "Jacobian of 100 numbers by 3",
    }

    def compared(problem: str) -> str:
        cases = {(engine, problem, *how): name for (engine, *how), name in names.items()}
        times, results = measure("derivatives", [*cases], processes=2, turns=3)
        check_agreement(results)

        def row(case: Case) -> Row:
            engine, _, writing, *_ = case
            if missing(engine):
                return [cases[case], missing(engine)]
            t = times[case]
            against: Row = []
            for ours in ("scalar",), ("scalar", "jitted"):
                native = times.get(("native", problem, *(ours if writing == "scalar" else (writing,))))
                ratio = t.forward / native.forward if native and engine != "native" else None
                against.append("" if ratio is None or (len(ours) > 1 and case != jitted) else ratio)
            if case in TARGETS:
                against = [at_least(TARGETS[case], x) if type(x) is float else x for x in against]
            if case == jitted:                  # the target is for the recorded function
                against[0] = times[case].forward / times["native", problem, "scalar"].forward
            return [cases[case], 1e6 * t.forward, 1e6 * t.best, 1e3 * t.first, *against]

        jitted = ("jax", problem, "scalar", "jitted")
        head = [
            titles[problem], "time", "best", "first call, milliseconds", "native is as many times faster",
            "native jitted is as many times faster",
        ]
        return table(head, [row(case) for case in cases])

    tables = "\n\n".join(map(compared, titles))
    return f"""\
## derivatives: grad, hessian and jacobian of functions, in microseconds

The source of the function is the same for all: Python loops over single numbers, or, where it says vectorised,
NumPy's style. The ratio is to native with the same source. JAX: float64, one thread; the first call compiles.
native and pure call the function each time, and so do HIPS/autograd and JAX unless it is jitted; native jitted is
`grad(jit(f))`. `jacobian` has its defaults: HIPS/autograd and JAX use reverse mode, autograd_tiny chooses.

{tables}
"""


def minimisation() -> str:
    methods = ["BFGS", "L-BFGS-B"]
    times, results = measure("minimisation", [(engine, method) for engine in ("native", "jax") for method in methods])

    def row(method: str) -> Row:
        cases = ("native", method), ("jax", method)
        check_agreement({case: results[case] for case in cases if case in results})
        if any(case not in times for case in cases):
            return [method, *(missing(engine) for engine in ("native", "jax"))]
        ours, theirs = (1e6 * times[case].forward for case in cases)
        return [method, ours, theirs, theirs / ours]

    return f"""\
## minimisation: scipy.optimize.minimize with a jitted value and gradient, in microseconds

The whole minimisation of Rosenbrock's function of ten numbers, `minimize(value_and_grad(jit(f)), x, jac=True)`; with
JAX, `jit(value_and_grad(f))` in float64, its answers as NumPy's. Recording and compiling came before.

{table(["method", "native", "JAX", "native is as many times faster"], [row(method) for method in methods])}
"""


def cheap_gradient() -> str:
    sizes = [10, 100, 1_000, 10_000]
    cases = [(engine, str(n)) for engine in ("native", "pure") for n in sizes]
    times, results = measure("cheap-gradient", cases, processes=2, turns=3)
    for n in sizes:
        check_agreement({case: found for case, found in results.items() if case[1] == str(n)})

    def rows(engine: str) -> list[Row]:
        if missing(engine):
            return [[engine, missing(engine)]]
        found: list[Row] = []
        for n in sizes:
            t, calls = times[engine, str(n)], results[engine, str(n)]["calls"]
            plain, gradient = (1e6 / calls * x for x in (t.forward, t.backward))
            found.append([engine, n, plain, gradient, gradient / plain])
        return found

    head = ["engine", "n", "function", "gradient", "ratio"]
    return f"""\
## cheap gradient: a function and its gradient, in microseconds

Rosenbrock's function of n numbers: in plain Python, of a list of floats, and `grad` of it, of an array. Each
process calls both in turn. In operations the ratio is bounded by a constant, whatever n is (W. Baur and
V. Strassen, The Complexity of Partial Derivatives, 1983).

{table(head, rows("native") + rows("pure"))}
"""

"""The package in Pyodide, the Python of browsers, without NumPy and other libraries; it runs under Node here."""
from references.javascript.pyodide import in_pyodide
from references.programs.without_libraries import PROGRAM, failures


def test_what_needs_no_library_runs_and_the_rest_says_what_it_needs():
    assert failures(in_pyodide(PROGRAM), "await pyodide_js.loadPackage('numpy')") == ([], [])


def test_graphs_of_any_depth_are_freed():
    """By itself, CPython would end there with "Maximum call stack size exceeded", from 6,000 Values on."""
    printed = in_pyodide("""
        import autograd_tiny as at
        for step in (lambda a: a * 1.00001, lambda a: at.sum([a, a, -a])):
            x = at.Value(1.0)
            a = x
            for _ in range(50_000):
                a = step(a)
            a.backward()
            del a
            print(round(x.grad, 2))
    """)
    assert printed.split() == ["1.65", "1.0"]

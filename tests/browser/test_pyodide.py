"""The package in Pyodide, the Python of browsers, without NumPy and other libraries; it runs under Node here."""
from references.pyodide import in_pyodide


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

"""How the pure engine frees graphs in a browser: here, by another Python that believes to be there."""
import os
import subprocess
import sys
import textwrap


def in_a_browser(code):
    """What a program prints that takes its Python for one in a browser."""
    start = "import sys; sys.platform = 'emscripten'\nfrom autograd_tiny import Value\n"
    done = subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(code)], capture_output=True, text=True, check=True,
        env=os.environ | {"AUTOGRAD_TINY_PURE": "1"},
    )
    assert not done.stderr                  # no error in a finalizer
    return done.stdout.split()


def test_operands_are_freed_unless_others_hold_them():
    found = in_a_browser("""
        import gc, weakref
        gc.disable()
        x = Value(1.0)
        f = x * 2
        g, h = f + 1, f * x
        watches = [weakref.ref(each) for each in (f, g, h)]
        del f, g
        print([watch() is None for watch in watches], h.operands[0].operands[0] is x, h.data)
        del h
        print([watch() is None for watch in watches], x.data)
    """)
    assert " ".join(found) == "[False, True, False] True 2.0 [True, True, True] 1.0"


def test_deep_graphs_are_freed_with_what_users_attached_to_them():
    found = in_a_browser("""
        import autograd_tiny as at
        class Counted:
            alive = 0
            def __init__(self): Counted.alive += 1
            def __del__(self): Counted.alive -= 1
        for kind in "product", "sum":
            x = Value(1.0)
            a = x
            for i in range(20_000):
                a = a * 1.0001 if kind == "product" else at.sum([a, x, -0.5])
                a.witness = Counted()
            a.backward()
            assert x.grad > 1 and Counted.alive == 20_000
            del a
            print(Counted.alive)
    """)
    assert found == ["0", "0"]


def test_a_value_that_was_refused_is_freed_without_an_error():
    found = in_a_browser("""
        for wrong in ("text", None):
            try:
                Value(wrong)
            except TypeError:
                print("refused")
    """)
    assert found == ["refused"] * 2


def test_it_costs_nothing_elsewhere():
    code = "from autograd_tiny import Value; print(hasattr(Value, '__del__'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"AUTOGRAD_TINY_PURE": "1"},
    )
    assert done.stdout == "False\n"

"""How much work a call is, counted rather than timed."""
import sys


def calls_in(function, *arguments):
    """The number of calls, of Python functions and of built-in ones, until a function returns."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return count

import sys
import threading

import pytest

from autograd_tiny.course.time_limit import TimeIsUp, time_limit

SOON, LATE = 0.05, 600.0


# ---- code that does not end by itself

def on_one_line():
    while True: pass        # noqa: E701


def on_two_lines():
    while True:
        pass


def catches_everything():
    while True:
        try:  # noqa: SIM105
            x = 1  # noqa: F841
        except:  # noqa: E722
            pass


def keeps_what_it_catches():
    caught = []
    while True:
        try:
            len(caught)
        except BaseException as error:
            caught.append(error)


def goes_on_in_the_handler():
    try:
        on_two_lines()
    except BaseException:
        while True:
            abs(0)


def goes_on_in_finally():
    while True:
        try:
            x = 1  # noqa: F841
        finally:
            continue  # noqa: B012


def calls_itself_twice():
    try: calls_itself_twice()       # noqa: E701
    except: calls_itself_twice()    # noqa: E701, E722


def calls_itself_in_finally():
    try:
        calls_itself_in_finally()
    finally:
        calls_itself_in_finally()


def draws_from_a_generator():
    def forever():
        while True:
            yield 1

    for _ in forever():
        pass


def is_done_when_caught():
    try:
        on_two_lines()
    except BaseException:
        return 1


def raises_another_error_when_caught():
    try:
        on_two_lines()
    except BaseException:
        raise ValueError("another") from None


ENDLESS = [
    on_one_line, on_two_lines, catches_everything, keeps_what_it_catches, goes_on_in_the_handler, goes_on_in_finally,
    calls_itself_twice, calls_itself_in_finally, draws_from_a_generator, is_done_when_caught,
    raises_another_error_when_caught,
]


@pytest.mark.parametrize("function", ENDLESS, ids=lambda function: function.__name__)
def test_what_does_not_end_ends_by_time_is_up(function):
    with pytest.raises(TimeIsUp, match=r"it ran for longer than 0\.05 s"), time_limit(SOON):
        function()


def test_the_limit_works_in_another_thread():
    found = []

    def limited():
        with pytest.raises(TimeIsUp) as caught, time_limit(SOON):
            catches_everything()
        found.append(caught.value)

    thread = threading.Thread(target=limited)
    thread.start()
    thread.join()
    assert found


def test_inside_another_limit_the_earlier_end_counts():
    with pytest.raises(TimeIsUp), time_limit(SOON), time_limit(LATE):
        on_two_lines()
    with pytest.raises(TimeIsUp), time_limit(LATE), time_limit(SOON):
        on_two_lines()


# ---- code that ends by itself

def test_quick_code_is_left_alone():
    with time_limit(LATE):
        assert sorted([2, 1], key=lambda x: x) == [1, 2]


def test_an_error_is_passed_on():
    with pytest.raises(ZeroDivisionError), time_limit(LATE):
        (lambda: 1 / 0)()


def test_a_recursion_without_end_is_pythons_error():
    def again():
        again()

    with pytest.raises(RecursionError, match="maximum recursion depth exceeded"), time_limit(LATE):
        again()


def test_keyboard_interrupt_is_passed_on_even_when_the_time_is_up():
    def interrupted():
        try:
            on_two_lines()
        except BaseException:
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt), time_limit(SOON):
        interrupted()


def test_calls_are_counted():
    def inner():
        pass

    def outer():
        inner()
        inner()

    with time_limit(LATE) as limit:
        outer()
    assert limit.calls[inner.__code__] == 2 and limit.calls[outer.__code__] == 1


@pytest.mark.parametrize("function", [list, on_two_lines, calls_itself_twice], ids=lambda function: function.__name__)
def test_the_functions_of_a_debugger_and_a_profiler_are_back_afterwards(function):
    def trace(frame, event, argument):
        return None

    def profile(frame, event, argument):
        return None

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        try:
            with time_limit(SOON):
                function()
        except TimeIsUp:
            pass
        found = sys.gettrace(), sys.getprofile()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert found == (trace, profile)


@pytest.mark.parametrize("seconds", ["1", None, True, -1, float("nan"), float("inf")])
def test_a_limit_is_a_number_of_seconds(seconds):
    with pytest.raises((TypeError, ValueError), match="seconds: "):
        time_limit(seconds)

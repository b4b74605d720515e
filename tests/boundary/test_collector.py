"""The collector waits while a function runs, in one thread at a time."""
import gc
import os
import signal
import threading

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.boundary.collector import without_collector


def test_the_collector_waits_and_goes_on():
    assert gc.isenabled()
    assert without_collector(lambda x: (x, gc.isenabled()), 5) == (5, False)
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        without_collector(lambda: 1 / 0)
    assert gc.isenabled()


def test_it_may_nest_and_leaves_a_collector_that_was_off():
    assert without_collector(lambda: without_collector(gc.isenabled)) is False and gc.isenabled()
    gc.disable()
    try:
        assert without_collector(gc.isenabled) is False and not gc.isenabled()
    finally:
        gc.enable()


def test_threads_take_turns():
    inside, at_once = [], []

    def work():
        for _ in range(50):
            without_collector(look)

    def look():
        inside.append(threading.get_ident())
        at_once.append(len(inside))
        inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {*at_once} == {1} and gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.parametrize("work", ["backward", "record"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called:RuntimeWarning")     # by JAX, if other tests loaded it
def test_a_child_that_is_forked_while_another_thread_works_can_work_too(work):
    x = Value(0.5)
    output = at.sum([at.tanh(x * k) for k in range(20)])

    def backward():
        output.backward()

    def record():
        at.record(lambda x: at.tanh(x) * x, 0.5)

    run, end = {"backward": backward, "record": record}[work], threading.Event()
    def work_on():
        while not end.is_set():
            run()

    run()                                       # imports are Python's own affair
    thread = threading.Thread(target=work_on)
    thread.start()
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                signal.alarm(60)                # the end of a child that waits for a lock for ever
                status = 1
                try:
                    run()
                    status = 0 if gc.isenabled() else 2
                finally:
                    os._exit(status)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        end.set()
        thread.join()

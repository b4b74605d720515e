"""no_grad() and scope(), as blocks and above functions."""
import asyncio
import contextlib
import functools
import gc
import inspect
import threading
import pytest
import autograd_tiny as at
from autograd_tiny import Value, no_grad
from autograd_tiny.engine import state


def test_no_grad_records_nothing():
    a = Value(2.0)
    with no_grad():
        f = at.sum([a * 2, a, 1.0])
        with no_grad():
            pass
        g = a + 1
    assert (f.data, f.parents, f.op, f.requires_grad) == (7.0, (), "", False)
    assert g.parents == ()
    assert (a + 1).parents[0] is a

    @no_grad()
    def decorated():
        return a * a

    @no_grad
    def decorated_without_parentheses(x):
        return a * x

    assert decorated().parents == () and (a * a).parents == (a, a)
    assert decorated_without_parentheses(a).parents == () and (a * a).parents == (a, a)


def test_no_grad_ends_with_an_exception():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert (Value(1.0) + 1).op == "+"


def test_scopes_nest():
    a = Value(1.0)
    with at.scope("mlp"):
        x = a + 1
        with at.scope("layer1"):
            y = a + 1
        z = a + 1
    assert [v.scope for v in (a, x, y, z, a + 1)] == ["", "mlp", "mlp.layer1", "mlp", ""]
    with pytest.raises(TypeError, match="int"):
        at.scope(1)


def test_a_decorated_function_in_two_threads():
    entered, leave = threading.Event(), threading.Event()

    @no_grad
    @at.scope("predict")
    def predict(first):
        if first:
            entered.set()
            leave.wait(5)
        else:                                   # the one that came first leaves first
            leave.set()
            thread.join()
        return (Value(1.0) * 2).scope

    thread = threading.Thread(target=predict, args=(True,))
    thread.start()
    entered.wait(5)
    with no_grad(), at.scope("mine"):
        assert predict(False) == "mine.predict"
        assert (Value(1.0) * 2).scope == "mine" and not (Value(1.0) * 2).requires_grad
    assert (Value(1.0) * 2).requires_grad


def test_each_thread_has_its_own_no_grad_and_scope():
    entered, leave = threading.Event(), threading.Event()

    def other():
        with no_grad(), at.scope("other"):
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(5)
    with no_grad(), at.scope("mine"):
        leave.set()
        thread.join()
    made = Value(1.0) * 2
    assert made.op == "*" and made.scope == ""


# ---- above functions, generators and coroutines

MANAGERS = {
    "no_grad": (no_grad, lambda x: not x.requires_grad),
    "scope": (lambda: at.scope("mine"), lambda x: x.scope == "mine"),
    "detect_anomaly": (at.detect_anomaly, lambda x: x.made_at != ""),
}


@pytest.fixture(params=MANAGERS)
def managed(request):
    """A context manager, whether it is in effect where it is asked, and a check that it is not."""
    make, shows = MANAGERS[request.param]
    inside = lambda: shows(Value(1.0) * 2)          # noqa: E731
    assert not inside()
    yield make, inside
    assert not inside() and not state._open_blocks


def test_a_generator_runs_inside_a_block_and_its_caller_outside(managed):
    make, inside = managed

    @make()
    def generator(first):
        """A generator."""
        try:
            sent = yield first, inside()
            while True:
                try:
                    sent = yield sent, inside()
                except KeyError as error:
                    sent = yield error, inside()
                if sent == "end":
                    return "returned", inside()
        finally:
            ended.append(inside())

    ended = []
    assert inspect.isgeneratorfunction(generator) and generator.__doc__ == "A generator."
    one, other = generator(1), generator(2)
    for each, first in ((one, 1), (other, 2)):
        assert next(each) == (first, True) and not inside()
        assert each.send("a") == ("a", True) and not inside()
        error = KeyError("b")
        assert each.throw(error) == (error, True) and not inside()
    with pytest.raises(StopIteration) as end:
        one.send("end")
    assert end.value.value == ("returned", True) and ended == [True] and not inside()
    other.close()
    assert ended == [True, True]
    with pytest.raises(ZeroDivisionError):
        for _ in generator(3):
            1 / 0  # noqa: B018


def test_a_coroutine_runs_inside_a_block_and_other_tasks_outside(managed):
    make, inside = managed

    @make()
    async def coroutine(name, pauses):
        found = [inside()]
        for _ in range(pauses):
            await asyncio.sleep(0)
            found.append(inside())
        return name, all(found)

    async def other(pauses):
        found = []
        for _ in range(pauses):
            found.append(inside())
            await asyncio.sleep(0)
        return any(found)

    async def run():
        return await asyncio.gather(coroutine("a", 3), other(6), coroutine("b", 5), other(2))

    assert inspect.iscoroutinefunction(coroutine)
    assert asyncio.run(run()) == [("a", True), False, ("b", True), False]


def test_a_coroutine_that_is_cancelled_ends_inside_its_block(managed):
    make, inside = managed
    ended = []

    @make()
    async def coroutine():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append(inside())

    async def run():
        task = asyncio.create_task(coroutine())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return inside()

    assert asyncio.run(run()) is False and ended == [True]


def test_an_asynchronous_generator_runs_inside_a_block_and_its_caller_outside(managed):
    make, inside = managed
    ended = []

    @make()
    async def generator():
        try:
            sent = yield inside()
            await asyncio.sleep(0)
            while True:
                try:
                    sent = yield sent, inside()
                except KeyError as error:
                    sent = error
        finally:
            await asyncio.sleep(0)
            ended.append(inside())

    async def run():
        steps = generator()
        assert await steps.asend(None) is True and not inside()
        assert await steps.asend("a") == ("a", True) and not inside()
        error = KeyError("b")
        assert await steps.athrow(error) == (error, True) and not inside()
        await steps.aclose()
        return [x async for x in anext_only()]

    @make()
    async def anext_only():
        for _ in range(3):
            await asyncio.sleep(0)
            yield inside()

    assert inspect.isasyncgenfunction(generator)
    assert asyncio.run(run()) == [True, True, True] and ended == [True]


class Called:
    def __init__(self, look):
        self.look = look

    def __call__(self):
        yield self.look()

    def method(self):
        yield self.look()


def test_what_only_calls_a_generator_or_a_coroutine_runs_stepwise_too(managed):
    make, inside = managed

    def generator(look):
        yield look()
        yield look()

    async def coroutine():
        await asyncio.sleep(0)
        return inside()

    async def asynchronous():
        yield inside()

    async def collected(steps):
        return [x async for x in steps]

    for function in (
        functools.partial(generator, inside), lambda: generator(inside), Called(inside), Called(inside).method,
        lambda: (inside() for _ in range(2)),
    ):
        assert [*make()(function)()] in ([True], [True, True])
    assert asyncio.run(make()(lambda: coroutine())()) is True
    assert asyncio.run(make()(functools.partial(coroutine))()) is True
    assert asyncio.run(collected(make()(lambda: asynchronous())())) == [True]


def test_methods_and_callable_objects_are_decorated(managed):
    make, inside = managed

    class Model:
        @make()
        def method(self):
            return self, inside()

        @staticmethod
        @make()
        def static():
            return inside()

        @classmethod
        @make()
        def of_class(cls):
            return cls, inside()

        @property
        @make()
        def held(self):
            return inside()

    model = Model()
    assert model.method() == (model, True) and Model.static() and model.static()
    assert Model.of_class() == (Model, True) and model.held is True
    assert make()(functools.partial(inside))() is True


@pytest.mark.parametrize("above", [staticmethod, classmethod, property, functools.cached_property])
def test_what_can_not_be_decorated_is_refused(managed, above):
    make, _ = managed
    with pytest.raises(TypeError, match=r"stands directly above a function, got .*@staticmethod"):
        make()(above(lambda: None))
    for wrong in (5, None, "f", Value(1.0)):
        with pytest.raises(TypeError, match="stands directly above a function"):
            make()(wrong)
    with pytest.raises(TypeError, match="in a class it stands above methods"):
        @make()
        class Model:
            pass


def test_a_decorated_generator_that_is_dropped_leaves_nothing(managed):
    make, inside = managed

    @make()
    def generator():
        yield inside()
        yield inside()

    assert next(generator()) is True
    gc.collect()
    assert not inside()


def test_a_manager_that_is_dropped_ends_its_block():
    no_grad().__enter__()
    assert (Value(1.0) * 2).requires_grad
    with contextlib.ExitStack() as stack:
        stack.enter_context(no_grad())
        assert not (Value(1.0) * 2).requires_grad
    assert (Value(1.0) * 2).requires_grad


def test_a_block_that_was_not_entered_cannot_end():
    for block in at.no_grad(), at.scope("layer"), at.detect_anomaly():
        with pytest.raises(RuntimeError, match="not entered, or it has ended already"):
            block.__exit__(None, None, None)
        with block:
            pass
    assert Value(1.0).requires_grad

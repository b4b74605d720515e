"""Context managers, which are decorators too: no_grad() and scope()."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from functools import wraps
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any

from ..boundary.arguments import describe
from .state import scope_inside, switched
from .value import current_scope


class ContextDecorator(switched):
    """A context manager that may also stand above a function: each call runs inside a block of its own.

    A generator or a coroutine runs stepwise: a block begins whenever it is resumed and ends where it is suspended, so
    that code that runs in between is outside.
    """

    def __call__(self, function: Callable[..., Any]) -> Any:
        if not callable(function) or isinstance(function, type | staticmethod | classmethod):
            raise TypeError(
                f"{type(self).__name__} stands directly above a function, got {describe(function)}: @staticmethod, "
                "@classmethod and @property go above it, and in a class it stands above methods"
            )
        around = next((_AROUND[kind] for kind, is_kind in _KINDS.items() if _is(is_kind, function)), _around_function)
        return wraps(function)(around(self, function))

    def once(self) -> switched:
        """A manager for one block that begins now."""
        return switched(**self.changes())


class no_grad(ContextDecorator):
    """Compute without recording, as torch.no_grad: results are leaves that require no gradient.

    `with no_grad(): …`, or `@no_grad` above a function, a generator or a coroutine. It is in effect in its thread or
    asyncio task only.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self) -> None:
        super().__init__(recording=False)


class scope(ContextDecorator):
    """Mark the Values made in this block as belonging to a part of the program: `v.scope == "name"`.

    Scopes nest: "mlp" around "layer1" gives "mlp.layer1". Modules set their own while they run.

    Args:
        name: What to call the part.

    Raises:
        TypeError: The name is not a str.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a scope is a str, got {type(name).__name__}")
        super().__init__()
        self.name = name

    def changes(self) -> dict[str, Any]:
        """The path of the scope inside the current one."""
        return {"scope": scope_inside(current_scope(), self.name)}


# ---- functions inside a block: those that run at once, and those that run stepwise

def _is(is_kind: Callable[[Any], bool], function: Any) -> bool:
    """Whether a function, or an object that can be called, is one of a kind."""
    return is_kind(function) or is_kind(getattr(type(function), "__call__", None))  # noqa: B004


def _around_function(manager: ContextDecorator, function: Callable[..., Any]) -> Any:
    def inside(*args: Any, **kwargs: Any) -> Any:
        with manager.once():
            found = function(*args, **kwargs)
        around = _AROUND.get(type(found))           # as of a lambda that calls a generator function
        return found if around is None else around(manager, lambda: found)()

    return inside


def _around_generator(manager: ContextDecorator, function: Callable[..., Any]) -> Any:
    def inside(*args: Any, **kwargs: Any) -> Any:
        return (yield from _steps(manager, function(*args, **kwargs)))

    return inside


def _around_coroutine(manager: ContextDecorator, function: Callable[..., Any]) -> Any:
    async def inside(*args: Any, **kwargs: Any) -> Any:
        return await _Awaited(manager, function(*args, **kwargs))

    return inside


def _around_async_generator(manager: ContextDecorator, function: Callable[..., Any]) -> Any:
    async def inside(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        step = generator.asend(None)
        while True:
            try:
                found = await _Awaited(manager, step)
            except StopAsyncIteration:
                return
            try:
                step = generator.asend((yield found))
            except GeneratorExit:
                await _Awaited(manager, generator.aclose())
                raise
            except BaseException as error:
                step = generator.athrow(error)

    return inside


class _Awaited:
    """An awaitable each of whose steps runs inside a block."""

    def __init__(self, manager: ContextDecorator, started: Any) -> None:
        self.manager, self.started = manager, started

    def __await__(self) -> Generator[Any, Any, Any]:
        return _steps(self.manager, self.started)


def _steps(manager: ContextDecorator, started: Any) -> Generator[Any, Any, Any]:
    """Run a generator or a coroutine, each of its steps inside a block."""
    resume, sent = started.send, None
    while True:
        try:
            with manager.once():
                found = resume(sent)
        except StopIteration as end:
            return end.value
        try:
            resume, sent = started.send, (yield found)
        except GeneratorExit:
            with manager.once():
                started.close()
            raise
        except BaseException as error:
            resume, sent = started.throw, error


_AROUND = {
    GeneratorType: _around_generator, CoroutineType: _around_coroutine, AsyncGeneratorType: _around_async_generator
}
_KINDS = {
    GeneratorType: inspect.isgeneratorfunction, CoroutineType: inspect.iscoroutinefunction,
    AsyncGeneratorType: inspect.isasyncgenfunction,
}

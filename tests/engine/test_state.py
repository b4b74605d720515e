"""What blocks of code switch on: each for its own context, in whatever order they end."""
import asyncio
import contextvars
import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny import Value, detect_anomaly, grad, nn, no_grad, record, scope
from autograd_tiny.engine import state

A = Value(2.0, "a")


def records():
    return (A * A).op == "*"


def is_clean():
    return records() and (A * A).scope == "" and not state._open_blocks


@pytest.fixture(autouse=True)
def nothing_stays_switched_on():
    assert is_clean()
    yield
    gc.collect()
    assert is_clean()


def both(first, second):
    async def run():
        return await asyncio.gather(first, second)

    return asyncio.run(run())


def test_tasks_that_overlap_do_not_notice_each_other():
    entered = asyncio.Event()

    async def inside():
        with no_grad(), scope("mine"):
            entered.set()
            for _ in range(3):
                await asyncio.sleep(0)
                assert not records() and (A * A).scope == "mine"

    async def outside():
        await entered.wait()
        for _ in range(6):
            assert records() and (A * A).scope == ""
            await asyncio.sleep(0)

    both(inside(), outside())


def test_tasks_that_leave_in_the_order_in_which_they_entered():
    async def task(pauses):
        with no_grad():
            for _ in range(pauses):
                await asyncio.sleep(0)
            assert not records()
        assert records()

    both(task(2), task(5))
    both(task(5), task(2))


def suspended(manager):
    with manager:
        yield
        yield


@pytest.mark.parametrize(
    "manager", [no_grad, lambda: scope("part"), detect_anomaly], ids=["no_grad", "scope", "detect_anomaly"]
)
def test_suspended_generators_may_end_in_any_order(manager):
    first, second = suspended(manager()), suspended(manager())
    next(first)
    next(second)
    first.close()
    second.close()


def test_a_block_in_between_ends_and_the_inner_one_holds():
    outer, inner = suspended(scope("outer")), suspended(no_grad())
    next(outer)
    next(inner)
    assert not records() and (A * A).scope == "outer"
    outer.close()
    assert not records() and (A * A).scope == ""
    inner.close()


def test_one_manager_for_overlapping_blocks():
    manager = no_grad()

    async def task(pauses):
        with manager:
            for _ in range(pauses):
                await asyncio.sleep(0)
            assert not records()
        assert records()

    both(task(1), task(4))
    with manager, manager:
        assert not records()


def test_a_block_that_ends_in_another_context():
    generator = suspended(no_grad())
    elsewhere = contextvars.copy_context()
    next(generator)
    assert not records()
    elsewhere.run(generator.close)
    assert records()


def test_a_task_that_is_started_inside_a_block_inherits_it():
    async def run():
        with no_grad():
            return await asyncio.create_task(child())

    async def child():
        return records()

    assert asyncio.run(run()) is False


def test_another_thread_does_not_notice():
    """Unless CPython starts threads in the context of the block, as from 3.14 on where there is no GIL."""
    inherits = getattr(sys.flags, "thread_inherit_context", 0)
    found = []
    with no_grad(), scope("mine"), detect_anomaly():
        thread = threading.Thread(target=lambda: found.append((records(), (A * A).scope)))
        thread.start()
        thread.join()
    assert found == [(False, "mine") if inherits else (True, "")]


def test_a_module_inside_a_block_and_a_block_inside_a_module():
    class Part(nn.Module):
        def forward(self, x):
            with scope("inner"):
                self.inside = x * 2.0
            with no_grad():
                pass
            return self.inside * x

    part = Part()
    with scope("outer"):
        y = part(A)
        assert (y.scope, part.inside.scope, (A * A).scope) == ("outer.part", "outer.part.inner", "outer")
    assert part(A).scope == "part"
    with detect_anomaly():
        assert part(A).scope == "part"


def test_a_module_keeps_its_scope_while_another_task_is_in_a_block():
    async def inside(entered, left):
        with scope("mine"):
            entered.set()
            await left.wait()

    async def run():
        entered, left = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(inside(entered, left))
        await entered.wait()
        found = nn.Activation("relu")(A).scope
        left.set()
        await task
        return found

    assert asyncio.run(run()) == "activation"


def test_a_module_whose_forward_fails_leaves_no_scope():
    class Fails(nn.Module):
        def forward(self, x):
            raise KeyError("mine")

    with pytest.raises(KeyError):
        Fails()(A)
    with scope("outer"), pytest.raises(KeyError):
        Fails()(A)


def test_a_gradient_is_recorded_inside_no_grad_and_leaves_it_on():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0 and not records()
        tape = record(lambda x: x * x, 3.0)
        assert tape.input_gradients([[3.0]])[0, 0] == 6.0 and not records()


def test_a_comparison_that_a_tape_refuses_is_free_outside():
    with pytest.raises(TypeError, match="decides by"):
        record(lambda x: x if x > 0 else -x, 1.0)
    assert A > 0 and Value(2.0) != A
    with pytest.raises(ValueError, match="=="):
        grad(lambda x: 1.0 if at.sin(x) == at.sin(x) else x)(1.0)
    assert A > 0 and Value(2.0) != A


def test_the_history_of_a_result_under_no_grad_is_cut():
    with no_grad():
        results = [A * 2.0, -A, at.where(A, A, 0.0), at.dot([A, A], [A, 1.0])]
    for result in results:
        assert (result.op, result.operands, result.local_grads, result.requires_grad) == ("", (), (), False)


def test_an_anomaly_is_seen_under_no_grad_too():
    with no_grad(), detect_anomaly(), pytest.raises(FloatingPointError, match="log"):
        at.log(A - 3.0)


def test_threads_that_switch_at_the_same_time_do_not_disturb_each_other():
    wrong = []

    def often(manager, inside):
        for _ in range(300):
            with manager():
                if not inside():
                    wrong.append(manager)
            if inside():
                wrong.append(manager)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=often, args=arguments)
            for arguments in 2 * [
                (no_grad, lambda: not records()), (lambda: scope("mine"), lambda: (A * A).scope == "mine")
            ]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


# ---- Ctrl-C

INTERRUPTS = Path(__file__).parents[1] / "references/programs/interrupts.py"
SCENARIOS = {
    "engine": ["decorated_functions", "derivatives", "backward", "second_order", "module", "recording"],
    "training": ["sgd", "adam", "training", "evaluation", "diagnosis", "film", "checks"],
}


def interrupted(most, *scenarios):
    """Run them with Ctrl-C at every opcode, or at so many of each."""
    command = [sys.executable, str(INTERRUPTS), str(most), *scenarios]
    environment = {**os.environ, "PYTHONPATH": str(INTERRUPTS.parents[3])}
    found = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert found.returncode == 0, found.stderr
    return [line.split()[0] for line in found.stdout.splitlines()]


@pytest.mark.parametrize("group", SCENARIOS)
def test_an_interrupt_at_any_opcode_leaves_nothing_switched(group):
    """Fifteen opcodes of each; the long test has a hundred, and the program, run by hand with 0, all of them."""
    assert interrupted(15, *SCENARIOS[group]) == SCENARIOS[group]


@pytest.mark.long
def test_an_interrupt_at_any_of_a_hundred_opcodes_leaves_nothing_switched():
    assert interrupted(100) == ["blocks", *SCENARIOS["engine"], *SCENARIOS["training"]]


def test_an_interrupt_while_a_block_begins_or_ends():
    """Every opcode of the blocks themselves."""
    assert interrupted(0, "blocks") == ["blocks"]

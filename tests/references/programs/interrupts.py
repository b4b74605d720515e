"""Ctrl-C at every opcode: a program of its own, since it takes the place of a debugger or of a coverage tool.

    python tests/references/programs/interrupts.py [most] [scenario …]

Each scenario is run once to list the opcodes of the package that it executes, by place in the code, and then again for
each of them: there KeyboardInterrupt is raised, as a signal would, and afterwards nothing may be stuck. most: how many
opcodes of a scenario are tried, evenly spread; 0 for all.
"""
import gc
import random
import sys
import warnings

import autograd_tiny as at
from autograd_tiny import Value, nn, optim
from autograd_tiny.boundary import collector
from autograd_tiny.engine import state
from autograd_tiny.show.film.training_film import TrainingRun

PACKAGE = str(at.__path__[0])
X, Y = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], [0.5, -0.5, 0.1]
A = Value(2.0, "a")
SCENARIOS = {}


def scenario(prepare):
    SCENARIOS[prepare.__name__] = prepare
    return prepare


# ---- scenarios: each prepares a run, and a check of what it left

@scenario
def blocks():
    def run():
        with at.no_grad(), at.scope("outer"):
            A * A
            with at.detect_anomaly():
                A * A

    return run, None


@scenario
def decorated_functions():
    @at.no_grad
    def function():
        return A * A

    @at.scope("generator")
    def generator():
        yield A * A
        yield A * A

    @at.detect_anomaly()
    async def coroutine():
        return A * A

    @at.no_grad()
    async def asynchronous_generator():
        yield A * A

    async def both():
        await coroutine()
        return [x async for x in asynchronous_generator()]

    def run():
        function()
        list(generator())
        stepped(both())

    return run, None


def stepped(coroutine):
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    finally:
        coroutine.close()


@scenario
def derivatives():
    def f(x, y):
        return at.sin(x) * y + x**2 if x > 0.0 else x

    def run():
        at.grad(f)(0.5, 2.0)
        at.grad(at.grad(f), 1)(0.5, 2.0)
        at.hessian(f)(0.5, 2.0)
        at.derivative(f, mode="forward")(0.5, 2.0)

    return run, None


@scenario
def backward():
    leaves = [Value(0.1 * k) for k in range(1, 5)]
    output = at.sum([at.tanh(a) * b for a in leaves for b in leaves])
    output.backward()
    nodes = at.topological_order(output)
    before = [node.grad for node in nodes]
    after = [node.grad * (1 if node.operands else 2) for node in nodes]

    def check():
        assert [node.grad for node in nodes] in (before, after)
        for node, gradient in zip(nodes, before, strict=True):
            node.grad = gradient

    return output.backward, check


@scenario
def second_order():
    x = Value(0.5)
    f = at.tanh(x) * x
    return lambda: at.gradients(at.gradients(f, x, create_graph=True), x), None


@scenario
def module():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))

    def check():
        model.extra = Value(1.0)
        assert any(parameter is model.extra for parameter in model.parameters())
        del model.extra

    return lambda: model([0.1, 0.2]), check


@scenario
def recording():
    rng = random.Random(1)
    model = nn.Sequential(nn.Layer(2, 2, "tanh", rng=rng), nn.Layer(2, 1, rng=rng))
    before = [p.data for p in model.parameters()]

    def check():
        assert [p.data for p in model.parameters()] == before and model.training

    return lambda: at.record(lambda x: at.tanh(model(x)), [0.1, 0.2]), check


def optimizer_step(make):
    def prepare():
        parameters = [Value(0.5), Value(-1.5), Value(2.5)]
        optimizer = make(parameters)
        for p, gradient in zip(parameters, (1.0, 0.1, -2.0), strict=True):
            p.grad = gradient
        optimizer.step()

        def look():
            saved = {name: getattr(x, "tolist", lambda x=x: x)() for name, x in optimizer.state_dict().items()}
            return [p.data for p in parameters], saved

        def restore(data, saved):
            optimizer.load_state_dict(saved)
            for p, number in zip(parameters, data, strict=True):
                p.data = number

        before = look()
        optimizer.step()
        after = look()
        restore(*before)

        def check():
            assert look() in (before, after)
            restore(*before)

        return optimizer.step, check

    return prepare


SCENARIOS["sgd"] = optimizer_step(lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9))
SCENARIOS["adam"] = optimizer_step(optim.Adam)


@scenario
def training():
    rng = random.Random(1)
    model = nn.Sequential(nn.Layer(2, 2, "tanh", rng=rng), nn.Dropout(0.5), nn.Layer(2, 1, "linear", rng=rng))
    model.eval()
    data = [p.data for p in model.parameters()]
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def run():
        at.fit(model, X, Y, "mse", optimizer, epochs=1, validation_data=(X, Y), progress=False, seed=1)

    def check():
        assert not model.training and not any(part.training for _, part in model.parts())
        moved = [p.data for p in model.parameters()] != data
        assert moved == bool(optimizer.steps), (moved, optimizer.steps)
        for p, number in zip(model.parameters(), data, strict=True):
            p.data = number
        optimizer.__init__(model.parameters(), lr=0.01, momentum=0.9)

    return run, check


@scenario
def evaluation():
    model = nn.Sequential(nn.Layer(2, 1, rng=random.Random(1)), nn.Dropout(0.5))

    def run():
        at.evaluate(model, X, Y, "mse", ["mae"])
        at.predict(model, X)

    def check():
        assert model.training and model.layers[1].training

    return run, check


@scenario
def diagnosis():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))
    return lambda: at.diagnose(model, X, Y, "mse"), lambda: None if model.training else 1 / 0


@scenario
def film():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))

    def run():
        trained = TrainingRun(model, X[0], Y[0], "mse", "sgd", None)
        trained.update(trained.forward())

    return run, None


@scenario
def checks():
    return lambda: at.check_gradients(lambda x: at.sin(x) * x, 0.5), None


# ---- the interrupt

class Tracer:
    """Lists the opcodes of the package that a run executes, or interrupts it at one of them."""

    def __init__(self, target=None):
        self.target, self.seen, self.fired = target, {}, False

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith((PACKAGE, __file__)):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            place = frame.f_code, frame.f_lasti
            self.seen[place] = self.seen.get(place, 0) + 1
            if place == self.target and not self.fired:
                self.fired = True
                raise KeyboardInterrupt
        return self


def traced(run, tracer):
    sys.settrace(tracer)
    try:
        run()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)


def nothing_is_stuck():
    gc.collect()
    result = A * A
    assert result.op == "*", "recording is off"
    assert result.scope == "", "a scope is left"
    assert not state.current().blocks and not state._open_blocks, "a block is open"
    assert gc.isenabled(), "the collector is off"
    assert Value(1.0) > 0.0 and Value(1.0) / 0.0, "comparisons or results are watched"
    result.backward()
    module = nn.Module()
    module.extra = Value(1.0)
    assert module.parameters() == [module.extra], "a module seems to be running"
    assert not collector._paused._is_owned(), "the lock of the collector is held"


def interrupted_everywhere(name, most):
    """Try a scenario. Returns the number of interrupts."""
    run, check = SCENARIOS[name]()
    traced(run, Tracer())                   # what is done only once is done here
    gc.freeze()
    if check:
        check()
    places = Tracer()
    traced(run, places)
    if check:
        check()
    chosen = list(places.seen)
    if most and len(chosen) > most:
        chosen = [chosen[int(i * len(chosen) / most)] for i in range(most)]
    for code, offset in chosen:
        traced(run, Tracer((code, offset)))
        try:
            nothing_is_stuck()
            if check:
                check()
        except BaseException as error:
            place = f"{code.co_qualname}, line {line_of(code, offset)}, opcode {offset}"
            raise AssertionError(f"{name}: after Ctrl-C in {place}: {error!r}") from error
    return len(chosen)


def line_of(code, offset):
    return next(line for start, stop, line in code.co_lines() if start <= offset < stop)


if __name__ == "__main__":
    warnings.simplefilter("ignore")                 # of an interrupted training, and of coroutines that nobody awaited
    sys.unraisablehook = lambda unraisable: None    # an interrupt in a finalizer can't go on
    most, names = int(sys.argv[1]) if sys.argv[1:] else 0, sys.argv[2:] or list(SCENARIOS)
    for name in names:
        print(name, interrupted_everywhere(name, most), flush=True)

import random
import sys
import threading
import types

import pytest
from references.course.engines import BACKWARD, CLEARING, FAULTS, RIGHT, Planted, engine

import autograd_tiny as at
from autograd_tiny import textbook
from autograd_tiny.course import check_engine

LATE, SOON = 600.0, 0.3


def with_backward(body):
    """The right engine with another backward()."""
    lines = "".join(f"        {line}\n" for line in body.strip("\n").split("\n"))
    return engine(Planted("", BACKWARD, lines, ""))


def with_changes(*changes):
    return engine(*(Planted("", old, new, "") for old, new in changes))


# ---- right ones

VISIT = "self.grad = 1.0\n        for node in reversed(order)"
ITERATIVE = """
order, entered, stack = [], set(), [(self, False)]
while stack:
    node, done = stack.pop()
    if done:
        order.append(node)
    elif node not in entered:
        entered.add(node)
        stack += [(node, True), *((child, False) for child in node._prev)]
self.grad = 1.0
for node in reversed(order):
    node._backward()"""
COUNTING = """
uses, stack = {}, [self]
while stack:
    node = stack.pop()
    for child in node._prev:
        uses[child] = uses.get(child, 0) + 1
        if uses[child] == 1:
            stack.append(child)
ready = [self]
self.grad = 1.0
while ready:
    node = ready.pop()
    node._backward()
    for child in node._prev:
        uses[child] -= 1
        if not uses[child]:
            ready.append(child)"""
ONLY_PLUS_AND_TIMES = RIGHT[:RIGHT.index("    def __neg__")] + RIGHT[RIGHT.index("    def backward"):]
LECTURE = (("tuple(_children)", "set(_children)"), ("self.grad = 0.0\n        self._b",
     "self.grad = 0\n        self._b"),
           (CLEARING, ""), ("self.grad = 1.0\n", "self.grad = 1\n"))
DATACLASS = RIGHT.replace("import math\n", "import math\nfrom dataclasses import dataclass\n").replace(
    RIGHT[RIGHT.index("class Value"):RIGHT.index("    def __add__")],
    '@dataclass(eq=False)\nclass Value:\n    data: float\n    _prev: tuple = ()\n    _op: str = ""\n'
    "    grad: float = 0.0\n\n    def _backward(self):\n        pass\n\n",
)
METHODS_IN_A_LOOP = """
import math
LOCALS = {"tanh": lambda x, y: 1 - y * y, "exp": lambda x, y: y, "sin": lambda x, y: math.cos(x)}
def method(name):
    def function(self):
        y = getattr(math, name)(self.data)
        return Value(y, ((self, LOCALS[name](self.data, y)),))
    return function
class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, None, edges
    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def backward(self, gradient=1.0):
        self.grad = (self.grad or 0.0) + gradient
        for x, local in self.edges:
            x.backward(gradient * local)
for name in LOCALS:
    setattr(Value, name, method(name))
"""
ACCEPTED = {
    "the right one": engine(),
    "as in the lecture": with_changes(*LECTURE),
    "slots": with_changes(("class Value:\n", "class Value:\n    __slots__ = '_backward', '_prev', 'data', 'grad'\n")),
    "dataclass": engine(source=DATACLASS),
    "iterative": with_backward(ITERATIVE),
    "counting uses": with_backward(COUNTING),
    "only + and *": engine(source=ONLY_PLUS_AND_TIMES),
    "every path for itself": engine(source=METHODS_IN_A_LOOP),
    "subtraction is made of addition": with_changes(
        (RIGHT[RIGHT.index("    def __sub__"):RIGHT.index("    def __pow__")],
         "    def __sub__(self, other):\n        return self + -other\n\n"),
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_right_classes_pass(name):
    report = check_engine(ACCEPTED[name], LATE)
    assert report and not report.faults and report.graphs > 20, report
    assert repr(report).startswith("Value is right: +") and "values and gradients, on " in repr(report)


def test_the_textbook_passes():
    report = check_engine(textbook.Value, LATE)
    assert report and {"+", "*", "-", "/", "**", "tanh", "exp", "relu"} <= set(report.operations)


def test_the_engine_of_the_package_passes_without_a_note():
    report = check_engine(at.Value, LATE)
    assert report and not report.notes and {"log", "sigmoid", "sin", "cos", "sqrt", "2**a"} <= set(report.operations)


def test_micrograd_passes():
    engine_of_micrograd = pytest.importorskip("micrograd.engine")
    assert check_engine(engine_of_micrograd.Value, LATE)


def test_the_report_is_the_same_each_time():
    assert check_engine(engine(), LATE) == check_engine(engine(), LATE)


# ---- planted faults

def test_there_are_enough_faults_and_each_can_be_planted():
    assert len(FAULTS) >= 40 and all(RIGHT.count(fault.old) == 1 for fault in FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named_in_one_sentence(fault):
    report = check_engine(engine(fault), LATE)
    assert not report
    assert report.faults[0].startswith(fault.sentence)
    assert len(report.faults) == 1, report
    assert repr(report).startswith("Value is not right yet. ")


def opening(fault):
    """A sentence up to the example, which may be another one where there are two faults."""
    return fault.sentence.partition(": at")[0].partition(", at ")[0].partition(": after")[0]


def pairs():
    """Each fault with a random other one that can be there together with it."""
    rng = random.Random(0)
    for fault in FAULTS:
        others = [other for other in FAULTS if other is not fault and engine(fault, other) is not None]
        yield fault, rng.choice(others)


@pytest.mark.skipif(at.engine_kind() == "pure", reason="each fault alone is found with the pure engine, too")
@pytest.mark.parametrize("pair", [*pairs()], ids=lambda pair: " and ".join(fault.name for fault in pair))
def test_of_two_faults_at_least_one_is_named(pair):
    report = check_engine(engine(*pair), LATE)
    assert not report
    assert any(sentence.startswith(opening(fault)) for sentence in report.faults for fault in pair), report


def test_the_same_fault_in_several_operations_is_one_sentence():
    source = RIGHT.replace("self.grad +=", "self.grad =").replace("other.grad +=", "other.grad =")
    report = check_engine(engine(source=source), LATE)
    assert len(report.faults) == 1
    assert report.faults[0].startswith(
     "`__add__` overwrites where it should add: at f = b + b with b = 3, b.grad = 1, 2 is")
    assert report.faults[0].endswith(
     "The same in `__mul__`, `__neg__`, `__sub__`, `__pow__`, `__truediv__`, `tanh`, `exp`, "
                                     "`relu`, `log` and `sigmoid`.")


def test_several_faults_are_numbered_and_what_is_right_is_said():
    tanh, pow_ = (next(fault for fault in FAULTS if fault.name == name)
                  for name in ("tanh from its input", "pow keeps its exponent"))
    lines = repr(check_engine(engine(tanh, pow_), LATE)).splitlines()
    assert lines[0] == "Value is not right yet. The most basic fault comes first:"
    assert lines[1].startswith("1. `__pow__` forgets to lower the exponent")
    assert lines[2].startswith("2. `tanh` takes its derivative from its input")
    assert lines[3].startswith("Right so far: +, *, -a, -, /, ")


def test_an_operation_made_of_a_wrong_one_is_not_blamed():
    report = check_engine(with_changes(
        ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad"),
        (RIGHT[RIGHT.index("    def __neg__"):RIGHT.index("    def __sub__")],
         "    def __neg__(self):\n        return self * -1\n\n"),
    ), LATE)
    assert len(report.faults) == 1 and report.faults[0].startswith("`__mul__` overwrites")


# ---- notes

COMPOSED = """    def __sub__(self, other):
        return self + -other

    def __truediv__(self, other):
        return self * other**-1

    def tanh(self):
        e = (2 * self).exp()
        return (e - 1) / (e + 1)

"""


@pytest.mark.parametrize("name", [
    "order not reversed", "one step only", "no topological order", "breadth first", "recursion",
    "queue without a set", "mul overwrites on its right",
])
def test_a_fault_of_backward_is_none_of_operations_that_are_made_of_others(name):
    fault = next(fault for fault in FAULTS if fault.name == name)
    report = engine_with_composed(fault)
    assert len(report.faults) == 1 and report.faults[0].startswith(opening(fault)), report


def engine_with_composed(fault):
    start = "    def backward(self):\n"
    return check_engine(engine(fault, Planted("", start, COMPOSED + start, "")), LATE)


def test_a_derivative_that_should_be_0_is_no_multiple_of_the_right_one():
    relu = "self.grad += (out.data > 0) * out.grad"
    report = check_engine(with_changes((relu, relu.replace("(out.data > 0)", "(1.0 if out.data > 0 else 0.01)"))), LATE)
    assert report.faults[0].startswith("`relu` has a wrong derivative: at f = a.relu() with a = -1.5, a.grad = 0.01, 0")


def test_backward_is_blamed_for_changing_numbers():
    report = check_engine(with_changes(("self.grad = 1.0\n", "self.grad = 1.0\n        self.data += 1.0\n")), LATE)
    assert report.faults == ("`backward` changes numbers: at f = a + b with a = 2, b = 3, f.data = 6, 5 is right.",)


def test_the_limit_of_recursion_is_afterwards_what_it_was():
    before = sys.getrecursionlimit()
    deeper = f"sys.setrecursionlimit({before + 500})"
    assert check_engine(with_changes(
        ("self.grad = 1.0\n", f"{deeper}\n        self.grad = 1.0\n"), ("import math\n", "import math\nimport sys\n"),
    ), LATE)
    assert sys.getrecursionlimit() == before


def test_what_is_not_there_yet_is_a_note():
    report = check_engine(engine(source=ONLY_PLUS_AND_TIMES), LATE)
    assert "Not there yet: 2 + a (`__radd__`) and 2*a (`__rmul__`)." in report.notes


def test_plain_numbers_may_come_later():
    wrap = "        other = other if isinstance(other, Value) else Value(other)\n"
    report = check_engine(engine(source=ONLY_PLUS_AND_TIMES.replace(wrap, "")), LATE)
    assert report
    assert report.notes[-1] == (
        "Between Values only, so far: a + 2 and a*2 would raise AttributeError: 'int' object has no attribute 'data' "
        "(a plain number has to be made a Value first)."
    )


def test_a_second_pass_as_in_the_lecture_is_a_note():
    report = check_engine(ACCEPTED["as in the lecture"], LATE)
    assert report.notes[0].startswith(
     "A second f.backward() on the same graph sends the gradients of results on once more")


def test_gradients_that_begin_anew_are_a_note():
    report = check_engine(with_changes(("if node._prev:\n                node.grad = 0.0", "node.grad = 0.0")), LATE)
    assert report and any(note.startswith("backward() forgets what was in .grad before") for note in report.notes)


def test_a_recursion_that_ends_on_deep_graphs_is_a_note():
    report = check_engine(engine(), LATE)
    assert len(report.notes) == 1
    assert report.notes[0].startswith("backward() ends with an error on a chain of ")
    assert report.notes[0].endswith(
     " operations: it calls itself once for each of them, as the lecture's own class does.")
    assert not check_engine(with_backward(ITERATIVE), LATE).notes[1:]


def test_to_follow_every_path_is_a_note():
    report = check_engine(ACCEPTED["every path for itself"], LATE)
    assert any(note.startswith("backward() follows every path: ") for note in report.notes)


def test_what_is_printed_is_captured_and_quoted_without_control_characters(capsys):
    prints = with_changes(("        t = math.tanh", "        print('in \x1b[2J tanh')\n        t = math.tanh"))
    report = check_engine(prints, LATE)
    assert report and report.notes[-1].startswith("It prints while it computes: 'in \ufffd[2J tanh in ")
    assert capsys.readouterr() == ("", "")


# ---- what can't be right, or can't be checked

class NoBackward:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return NoBackward(self.data + other.data)


class Inherited(textbook.Value):
    def backward(self):
        raise NotImplementedError


class NeedsLabel:
    def __init__(self, data, label):
        pass


class Bare:
    def __init__(self, data):
        self.data, self.grad = data, 0.0


class Shared:
    grads = [0.0]  # noqa: RUF012

    def __init__(self, data):
        self.data = data

    @property
    def grad(self):
        return self.grads[0]

    @grad.setter
    def grad(self, grad):
        self.grads[0] = grad

    def __add__(self, other):
        return self


class HiddenMeta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("hidden")


class Hidden(metaclass=HiddenMeta):
    pass


class EndlessRepr:
    def __repr__(self):
        while True:
            pass


class NoClass:
    @property
    def __class__(self):
        raise RuntimeError("none")


HINTS = (
    (None, "check_engine is given a class, as in check_engine(Value), got None."),
    (3.0, "check_engine is given a class, as in check_engine(Value), got float 3.0."),
    ("Value", "check_engine is given a class, as in check_engine(Value), got str 'Value'."),
    (..., "check_engine waits for your class: check_engine(Value)."),
    (textbook, "check_engine is given a class, got the module textbook: write check_engine(textbook.Value)."),
    (textbook.Value(3.0), "check_engine is given the class, got an instance of Value: write check_engine(Value)."),
    (at.Value(3.0), "check_engine is given the class, got an instance of Value: write check_engine(Value)."),
    (NoClass(), "check_engine is given a class; looking at this raises RuntimeError: none."),
    (Hidden, "The class is not right yet. Looking for its methods raises RuntimeError: hidden."),
    (float, "float is not right yet. float(3.0) has no `data`: reading it raises AttributeError"),
    (list,
     "list is not right yet. list(3.0) raises TypeError: 'float' object is not iterable. The constructor has to need"),
    (types.SimpleNamespace, "SimpleNamespace is not right yet. SimpleNamespace(3.0) raises TypeError"),
    (NeedsLabel,
     "NeedsLabel is not right yet. NeedsLabel(3.0) raises TypeError: NeedsLabel.__init__() missing 1 required"),
    (Bare, "Bare is not right yet. It has no operation that could be tested: begin with __add__ and __mul__."),
    (NoBackward,
     "NoBackward is not right yet. `backward` is missing: f.backward() has to put the derivatives of f into"),
    (Shared, "Shared is not right yet. All Values share one gradient: a.grad = 5 changes b.grad."),
    (Inherited,
     "Inherited is not right yet. `__add__` returns a number of the class Value that it inherits from where a "),
    (with_backward("self.backward()"),
     "Value is not right yet. `backward` raises RecursionError: maximum recursion depth "
                                       "exceeded (a method calls itself without end), at f = a + b with a = 2, b = 3."),
    (with_backward("raise KeyError('\x1b[2J')"),
     "Value is not right yet. `backward` raises KeyError: '\\x1b[2J', at f = a"),
    (with_backward("raise SystemExit(3)"),
     "Value is not right yet. `backward` raises SystemExit: 3, at f = a + b with"),
    (with_changes(("def backward(self)", "def backward(self, seed)")),
     "Value is not right yet. `backward` raises TypeError: "),
    (with_changes(("class Value:\n", "class Value:\n    def __eq__(self, other):\n        return False\n")),
     "Value is not right yet. `backward` raises TypeError: unhashable type: 'Value' (a set can't hold these Values: "),
)


@pytest.mark.parametrize("number", range(len(HINTS)), ids=lambda number: HINTS[number][1][:60])
def test_what_is_no_engine_gets_a_sentence(number):
    given, sentence = HINTS[number]         # not a parameter: pytest looks into it
    report = check_engine(given, LATE)
    assert not report
    assert repr(report).startswith(sentence)


def test_nothing_at_all_gets_a_sentence():
    assert repr(check_engine()) == "check_engine waits for your class: check_engine(Value)."


@pytest.mark.parametrize("time_limit", ["3", None, -1, float("nan"), True])
def test_a_wrong_time_limit_gets_a_sentence(time_limit):
    report = check_engine(engine(), time_limit)
    assert not report and repr(report).startswith("time_limit: ")


def test_a_name_is_cleaned_for_the_terminal():
    named = engine()
    named.__name__ = "V\x1b[31m\nalue"
    assert repr(check_engine(named, LATE)).startswith("V\ufffd[31m alue is right: ")


ENDLESS = {
    "backward": with_backward("while True:\n    try:\n        x = 1\n    except:\n        pass"),
    "an operation": with_changes(("        t = math.tanh(self.data)\n", "        t = 0\n        while True: pass\n")),
    "the text of an error": with_backward(
        "class Endless(Exception):\n    def __str__(self):\n        while True: pass\nraise Endless"
    ),
    "the constructor": with_changes(("        self.data = data\n", "        while True: pass\n")),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_ended(name):
    report = check_engine(ENDLESS[name], SOON)
    assert not report
    assert "The time limit of 0.3 s was over at " in report.faults[-1]


def test_an_argument_whose_repr_never_ends_is_ended():
    assert repr(check_engine(EndlessRepr(), SOON)).startswith(
     "The time limit of 0.3 s was over at the argument of check_engine")


def test_an_endless_loop_is_ended_in_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(check_engine(ENDLESS["backward"], SOON)))
    thread.start()
    thread.join()
    assert "The time limit of 0.3 s was over at f = a + b" in found[0].faults[0]


def test_keyboard_interrupt_passes_and_leaves_nothing_behind():
    before = sys.gettrace(), sys.getprofile(), sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt):
        check_engine(with_backward("raise KeyboardInterrupt"), LATE)
    assert (sys.gettrace(), sys.getprofile(), sys.stdout, sys.stderr) == before

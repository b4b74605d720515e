"""Formulas in another language: what the walk through a formula decides for every language."""
import pytest

from autograd_tiny.calculus.formula_printer import FormulaPrinter
from autograd_tiny.calculus.operations import OPERATIONS


class Printer(FormulaPrinter):
    """A language that is close to mathematics."""

    constants = {"inf": "∞"}                                # noqa: RUF012

    def truth(self, comparison):
        return f"[{comparison}]"

    def chosen(self, condition, x, y):
        return f"({condition} then {x} else {y})"

    def called(self, name):
        return name.upper()

    def length(self):
        return "n"

    def of_list(self, name, xs):
        return f"{name} of {xs}"

    def list_from_list(self, name, xs):
        return f"{name} from {xs}"

    def variable(self, name, value):
        return f"{name} is {value}"

    def loop(self, name, x, element):
        return f"{name}: {element} for each {x}"


@pytest.mark.parametrize(("formula", "text"), [
    ("x * y - 1", "((x * y) - 1.0)"),
    ("-x ** 2", "(-POW(x, 2.0))"),
    ("exp(-x) + inf", "(EXP((-x)) + ∞)"),
    ("where(x > 0, x, 0)", "([(x > 0.0)] then x else 0.0)"),
    ("sum(xs) / len(xs)", "(sum of xs / n)"),
    ("sqrt(2 * pi)", "2.5066282746310002"),
    ("where(x > 0, where(x > 0, x, 1), 0)", "([(x > 0.0)] then x else 0.0)"),
])
def test_parts_of_formulas(formula, text):
    assert Printer().printed(formula) == text


def test_lists_become_statements_before_the_expression():
    printer = Printer()
    assert printer.printed("sum([exp(x - m) for m in [max(xs)] for x in xs])") == "sum of list1"
    assert printer.statements == ["m is max of xs", "list1: EXP((x - m)) for each x"]
    assert printer.calls == {"exp"}


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.value and row.name not in ("dot", "take")],
                         ids=lambda row: row.name)
def test_all_formulas_of_the_calculus_can_be_printed(row):
    for formula in (row.value, *row.derivatives):
        assert Printer().printed(formula)

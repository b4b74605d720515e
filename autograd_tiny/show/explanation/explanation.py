"""explain: the chain rule for an output and a leaf, in formulas and numbers.

As in tutorials, it shows every path from the output to the leaf with its local derivatives, their product, and
the sum over the paths. ../paths.py finds the paths, factors.py writes one of them, remarks.py holds the sentences
below; without a leaf, ranking.py compares all leaves.
"""
from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import zip_longest
from math import isfinite

from ...boundary.arguments import describe, integer
from ...boundary.text import printable
from ...engine.gradient_graph import gradients
from ...engine.graph import topological_order
from ...engine.value import Value
from ..foreign_graph import is_foreign
from ..foreign_values import translated
from ..paths import Count, PowerOfTen, count_paths, finite_sum, largest_paths
from ..text_layout import RED, WIDTH, coloured, elided, fragment, in_columns, truncated, wrapped, wrapped_parts
from ..typesetting import Formula
from ..wording import counted
from .factors import Factor, Path, bracketed, distinguishing_factors
from .inlining import Inlining
from .notation import Notation
from .ranking import Ranking
from .remarks import changed_data, nan_output, no_path, other_grad

MAX_FORMULAS = 32                       # in the list below the paths
MAX_WRITTEN_OUT = 48                    # factors, of all paths: up to here, text has none of them elided
FACTORS_PER_LINE = 8                    # in LaTeX
MAX_LABEL = 40                          # characters, of a label with a count of paths


def explain(
    output: Value, leaf: Value | None = None, *, most: int = 8, digits: int = 4
) -> Explanation | Ranking:
    """Show the chain rule for an output and a leaf, in formulas and numbers; without a leaf, rank all leaves.

    With a leaf: every path from the output to it, the local derivatives along each as formulas and numbers, their
    products, and the sum, which is gradients(output, leaf). Of many paths, those with the largest products, the
    number of all and the sum over the others. It also says if `.grad` holds another number. Without a leaf: the
    leaves with the largest gradients.

    All numbers are those of this moment, whatever happens to the Values later. No backward() is needed and no
    `.grad` changes.

    Args:
        output: The Value to differentiate, also of another class with micrograd's attributes.
        leaf: The Value to differentiate with respect to, which may also be a result in between.
        most: How many paths, or leaves, to show.
        digits: The significant digits of numbers.

    Returns:
        An Explanation, or a Ranking without a leaf. Both print themselves, and notebooks show them.

    Raises:
        TypeError: output or leaf is not a Value.
        ValueError: No path leads from output to leaf, or output depends on no leaf that requires a gradient.
    """
    is_of_another_class = is_foreign(output)
    output, leaf = translated(output, leaf)
    for argument, given in [("output", output), ("leaf", leaf)]:
        if type(given) is not Value and (argument == "output" or given is not None):
            raise TypeError(f"{argument}: a Value is expected, got {describe(given)}")
    most, digits, order = integer("most", most), integer("digits", digits), topological_order(output)
    if leaf is None:
        return Ranking(order, most, digits)
    return Explanation(order, leaf, most, digits, is_of_another_class)


class Explanation:
    """The chain rule for an output and a leaf, as `explain` returns it. It prints itself.

    Attributes:
        output: The Value that is differentiated.
        leaf: The Value with respect to which it is differentiated.
        gradient: The derivative of output with respect to leaf.
        count: The number of paths between them: an int, or a PowerOfTen beyond a hundred digits.
        paths: Those with the largest products.
        rest: The sum of the other paths' products, computed as the difference of gradient and the shown ones.
        rest_count: The number of other paths.
    """

    def __init__(
        self, order: Sequence[Value], leaf: Value, most: int, digits: int, is_of_another_class: bool = False
    ) -> None:
        self.output, self.leaf, output = order[-1], leaf, order[-1]
        counts = count_paths(order) if leaf.requires_grad else {}
        if leaf not in counts:
            raise ValueError(no_path(order, leaf, digits))
        self.count: Count = counts[leaf]
        self.gradient: float = gradients(output, leaf)
        largest = largest_paths(order, leaf, most)
        inlined = Inlining(order, largest).results
        stations = {value for path in largest for value in path.nodes} - inlined
        self._notation = notation = Notation(order, leaf, stations, digits)
        self._symbol = notation.derivative(output, leaf)
        remarks = [
            changed_data(order, notation.names, "the numbers are"),
            "" if is_of_another_class else nan_output(output, notation),
            other_grad(output, leaf, self.gradient, notation, is_of_another_class),
        ]
        self._remarks = " ".join(filter(None, remarks))
        self.paths = [Path(path, inlined, notation) for path in largest]
        found, first = Counter(path.appearance for path in self.paths), dict[Hashable, Path]()
        self._alike = {appearance: n for appearance, n in found.items() if n > 2}       # of two, both are shown
        self._shown = [
            path for path in self.paths
            if path.appearance not in self._alike or first.setdefault(path.appearance, path) is path
        ]
        self._formula_rows = self._equations_and_definitions()
        self.rest_count: Count = self.count - len(largest) if isinstance(self.count, int) else self.count
        products = [path.product for path in largest]
        self.rest = _difference(self.gradient, products) if self.rest_count else 0.0

    def _headline(self) -> str:
        """The words after ∂f/∂x = 9."""
        f, x = self._notation.name_or_number(self.output), self._notation.name_or_number(self.leaf)
        if self.leaf is self.output:
            return f"{x} itself, along the empty path"
        if self.count == 1:
            return f"one path leads from {f} to {x}"
        lead = f"{counted(self.count, 'path')} lead from {f} to {x}"
        if self.rest_count:
            largest = "the largest" if len(self.paths) == 1 else f"the {len(self.paths)} largest"
            return f"{lead}; {largest} of them"
        return f"{lead}, and gradients add at branches"

    # ---- the paths

    def _table(self) -> list[list[str]]:
        """All paths as rows: the route and the products of each; and the sum."""
        if self.count == 1 and len(self.paths[0].shown_factors) < 2:    # the list of factors says it all
            return []
        rows = []
        for path in self._shown:
            products = [" · ".join(each.text for each in product) for product in path.products()]
            for i in range(2, 0, -1):                           # one like the next is left out
                if products[i] == products[i + 1]:
                    products[i] = ""
            route = " → ".join(path.stations)
            rows.append([route, products[0], *[f"= {each}" if each else "" for each in products[1:]]])
            rows += [[label, "", "", "", f"= {number}"] for label, number in self._repetitions(path)]
        rows += [[label, "", "", "", f"= {number}"] for label, number in self._sums()]
        columns = [column for column in zip(*rows, strict=True) if any(column)]
        return [*map(list, zip(*columns, strict=True))]

    def _repetitions(self, path: Path) -> list[tuple[str, str]]:
        """How many other paths look the same, and their sum."""
        n = self._alike.get(path.appearance, 1) - 1
        return [(f"… and {n} more like this", self._notation.number(n * path.product))] if n else []

    def _blocks(self, whole: bool) -> list[list[str]]:
        """The paths if they are too wide for a table: each with its products below the route.

        With `whole` a route takes several lines; otherwise one, with the middle elided.
        """
        alike, blocks = dict[tuple[str, str], list[Path]](), []
        routes = {path: _lines(path.stations, " → ", whole, path.hidden) for path in self._shown}
        products = {path: self._product_lines(path, whole) for path in self._shown}
        for path in self._shown:
            alike.setdefault((" ".join(routes[path]), products[path][0]), []).append(path)
        for group in alike.values():
            for path, factors in zip(group, distinguishing_factors(group), strict=True):
                if factors:
                    routes[path].append(f"with {elided(factors, ' · ', WIDTH - 23)} in the middle")
        for path in self._shown:
            (start, *others), lines = routes[path], products[path]
            blocks.append([start, *[f"  {line}" for line in [*others, *lines]]])
            blocks += [[f"{label} = {number}"] for label, number in self._repetitions(path)]
        return blocks

    def _product_lines(self, path: Path, whole: bool) -> list[str]:
        """The lines below its route."""
        lines, products = [], [[each.text for each in product] for product in path.products()]
        for product, following in zip_longest(products, products[1:]):
            if product != following:
                first, *others = _lines(product, " · ", whole, path.hidden if following else 0)
                lines += [f"= {first}", *[f"  {line}" for line in others]]
        return lines

    def _sums(self) -> list[tuple[str, str]]:
        """The rows below the paths: the sum over the others, and over all."""
        if self.count == 1:
            return []
        number = self._notation.number
        label = f"the other {counted(self.rest_count, 'path')}"
        rest = (label if len(label) < MAX_LABEL else "all the others", number(self.rest))
        return [*([rest] if self.rest_count else []), ("sum", number(self.gradient))]

    # ---- the formulas

    def _equations_and_definitions(self) -> list[tuple[str, str]]:
        """Each factor with its formula; beside it, at its first factor, how a result was computed."""
        define, defined = self._notation.definition, set[Value]()
        every = [factor for path in self._shown for factor in path.shown_factors if factor]
        factors = [*{(each.result, each.operand, each.sign): each for each in every}.values()]
        rows = []
        for factor in factors[:MAX_FORMULAS]:
            rows.append((self._equation(factor), "" if factor.result in defined else define(factor.result)))
            defined.add(factor.result)
        while (value := self._undefined(defined)) is not None and len(rows) < 2 * MAX_FORMULAS:
            rows.append(("", define(value)))
            defined.add(value)
        if len(factors) > MAX_FORMULAS:
            rows.append((f"… and {len(factors) - MAX_FORMULAS} more factors", ""))
        return rows

    def _equation(self, factor: Factor) -> str:
        number = self._notation.number(factor.value)
        formula = "" if factor.formula.text == number else f" = {factor.formula.text}"
        since = f", since {factor.reason}" if factor.reason else ""
        return f"{self._notation.derivative(*factor[:2], factor.sign).text}{formula} = {number}{since}"

    def _undefined(self, defined: set[Value]) -> Value | None:
        """The next result that a formula calls by a name without a definition."""
        name, inlined = self._notation.name_or_number, self._notation.formulas.inlined.items()
        return next((x for x, each in inlined if x not in defined and each.text == name(x)), None)

    # ---- as text

    def __str__(self) -> str:
        title = f"{self._symbol.text} = {self._notation.number(self.gradient)}: {self._headline()}"
        formulas = [truncated(line, WIDTH) for line in in_columns(self._formula_rows)]
        blocks = [wrapped(title), "\n".join(self._path_lines()), "\n".join(formulas), wrapped(self._remarks)]
        return printable("\n\n".join(block for block in blocks if block))

    __repr__ = __str__

    def _path_lines(self) -> list[str]:
        """The paths in a table if they fit, otherwise one below the other; and the sum."""
        lines = in_columns(self._table())
        if max(map(len, lines), default=0) <= WIDTH:
            return lines
        whole = sum(len(path.shown_factors) for path in self._shown) <= MAX_WRITTEN_OUT
        lines = [f"  {line}" for block in self._blocks(whole) for line in block]
        return lines + in_columns([(label, f"= {number}") for label, number in self._sums()])

    # ---- for notebooks

    def _repr_html_(self) -> str:
        gradient = coloured(self._notation.number(self.gradient), RED)
        title = f"{html.escape(self._symbol.text)} = {gradient}: {html.escape(self._headline())}"
        rows = self._table()
        if max(map(len, in_columns(rows)), default=0) > WIDTH:
            blocks = self._blocks(whole=True) + [[f"{label} = {number}"] for label, number in self._sums()]
            blocks = [[re.sub("^ +", _indent, line) for line in block] for block in blocks]
            paths = [[line] for block in blocks for line in _with_result(block)]
        else:
            paths = [_with_result(row) for row in rows]
        formulas = [[html.escape(left), html.escape(right)] for left, right in self._formula_rows]
        return fragment(title, [paths, formulas], self._remarks)

    @property
    def latex(self) -> str:
        """The same as an aligned environment: a sum over the paths, in symbols, in formulas, in numbers."""
        number = self._notation.formulas.number
        lines = [self._sum_in_latex([*map(_product_in_latex, products)])
                 for products in zip(*map(self._repeated, self._shown), strict=True)]
        lines = ["1"] if self.leaf is self.output else [*lines, number(self.gradient).latex]
        distinct = [line for line, following in zip_longest(lines, lines[1:]) if line != following]
        equations = " \\\\\n&= ".join(distinct)
        return printable(f"\\begin{{aligned}}\n{self._symbol.latex} &= {equations}\n\\end{{aligned}}", lambda _: "?")

    def _repeated(self, path: Path) -> list[list[Formula]]:
        """The products of a path, multiplied by the number of paths that look the same."""
        n, products, number = self._alike.get(path.appearance, 1), path.products(), self._notation.formulas.number
        if n == 1:
            return products
        repeated = [bracketed([number(float(n)), *each]) for each in products[:-1]]
        return [*repeated, [number(n * path.product)]]

    def _sum_in_latex(self, terms: list[str]) -> str:
        terms[1:] = [_in_brackets(term) if term[0] == "-" else term for term in terms[1:]]
        if self.rest_count:
            count = str(self.rest_count)
            if isinstance(self.rest_count, PowerOfTen):
                mantissa, exponent = self.rest_count.parts
                count = rf"{mantissa} \cdot 10^{{{exponent}}}"
            rest = self._notation.formulas.number(self.rest).latex
            terms.append(rf"\underbrace{{{rest}}}_{{{count}\ \text{{other paths}}}}")
        return (" + " if len(terms) < 3 and "\n" not in terms[0] else " \\\\\n&\\quad + ").join(terms)

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"


def _lines(parts: Sequence[str], sign: str, whole: bool, hidden: int) -> list[str]:
    """The parts with a sign between them, over several lines or elided to fit in one."""
    width = WIDTH - 6
    return wrapped_parts(parts, sign, width) if whole else [elided(parts, sign, width, hidden)]


def _product_in_latex(factors: Sequence[Formula]) -> str:
    parts = [each.latex for each in factors]
    lines = [r" \cdot ".join(parts[i : i + FACTORS_PER_LINE]) for i in range(0, len(parts), FACTORS_PER_LINE)]
    return " \\\\\n&\\quad \\cdot ".join(lines)


def _in_brackets(term: str) -> str:
    r"""\left( and \right) have to stand in the same line."""
    return rf"\bigl({term}\bigr)" if r"\\" in term else rf"\left({term}\right)"


def _indent(spaces: re.Match[str]) -> str:
    return "\u2003" * (len(spaces[0]) // 2)


def _with_result(texts: Sequence[str]) -> list[str]:
    """Texts as HTML; the number behind the last "= " is a gradient."""
    before, equals, number = texts[-1].rpartition("= ")
    return [*map(html.escape, texts[:-1]), html.escape(before + equals) + coloured(number, RED)]


def _difference(whole: float, parts: Sequence[float]) -> float:
    """whole − Σ parts; nan if that isn't known."""
    if all(map(isfinite, parts)) and not isfinite(whole):
        return whole
    return finite_sum([whole, *[-part for part in parts]])

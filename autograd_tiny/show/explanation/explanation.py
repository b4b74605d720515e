"""Why a gradient is what it is: the chain rule for an output and a leaf, in the numbers at hand.

As in tutorials: every path from the output to the leaf with its local derivatives, their product, and the sum
over the paths.
"""
from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import zip_longest
from math import isfinite, nan

from ...boundary.arguments import describe, integer
from ...engine.gradients import gradients
from ...engine.graph import topological_order
from ...engine.value import Value
from ..formulas import Formula
from ..names import readable
from ..paths import PowerOfTen, count_paths, largest_paths
from ..wording import (
    RED, WIDTH, Count, coloured, counted, cut, fragment, in_columns, in_lines, total, wrapped,
)
from .factors import Factor, Path, as_factors, where_they_part
from .ranking import Ranking
from .steps import Steps
from .telling import Telling, names_with, said_of_changes

MOST_FORMULAS = 32                      # in the list below the paths
ON_A_PAGE = 48                          # factors, of all paths: so many are written out as text
IN_A_LINE = 8                           # factors, in LaTeX
LONGEST_COUNT = 40                      # characters, with the words around it


def explain(
    output: Value, leaf: Value | None = None, *, most: int = 8, digits: int = 4
) -> Explanation | Ranking:
    """The chain rule for an output and a leaf, in the numbers at hand; or, without a leaf, a ranking.

    With a leaf, which may also be a result in between: every path from the output to it, its local
    derivatives as formulas and numbers, their products, and the sum, which is gradients(output, leaf). Of
    many paths, the most with the largest products, the number of all and what the others add up to. If
    `.grad` holds something else, that is said. Without a leaf: the leaves with the largest gradients.

    All numbers are those of this moment, whatever happens to the Values later. No backward() is needed and no
    `.grad` changes. most: how many paths, or leaves, are shown. digits: the significant digits of numbers.
    TypeError for anything but Values; ValueError if no path leads from output to leaf, or if nothing that
    output was made from requires a gradient.
    """
    for what, given in [("output", output), ("leaf", leaf)]:
        if type(given) is not Value and (what == "output" or given is not None):
            raise TypeError(f"{what}: a Value is expected, got {describe(given)}")
    most, digits = integer("most", most), integer("digits", digits)
    return Ranking(output, most, digits) if leaf is None else Explanation(output, leaf, most, digits)


class Explanation:
    """The chain rule for an output and a leaf, in the numbers at hand. It prints itself; see `explain`.

    output, leaf: the two Values. gradient: the derivative of one by the other. count: the number of paths
    between them, an int, or a PowerOfTen beyond a hundred digits. paths: those with the largest products.
    rest: what the others add up to, as far as the difference of floats tells; rest_count: how many they are.
    """

    def __init__(self, output: Value, leaf: Value, most: int, digits: int) -> None:
        self.output, self.leaf = output, leaf
        counts = count_paths(output) if leaf.requires_grad else {}
        if leaf not in counts:
            raise ValueError(_no_path(output, leaf, digits))
        self.count: Count = counts[leaf]
        self.gradient: float = gradients(output, leaf)
        ways, order = largest_paths(output, leaf, most), topological_order(output)
        steps = Steps(order, ways).taken
        self._telling = Telling(order, leaf, {v for way in ways for v in way.nodes} - steps, digits)
        self._symbol = self._telling.symbol(output, leaf)
        changes = said_of_changes(order, self._telling.names, "the numbers are")
        self._remarks = " ".join(filter(None, [changes, self._is_nan(), self._compared_with_grad()]))
        self.paths = [Path(way, steps, self._telling) for way in ways]
        found, first = Counter(path.kind for path in self.paths), dict[Hashable, Path]()
        self._alike = {kind: n for kind, n in found.items() if n > 2}           # of two, both are shown
        self._shown = [
            path for path in self.paths
            if path.kind not in self._alike or first.setdefault(path.kind, path) is path
        ]
        self._notes = self._listed()
        self.rest_count: Count = self.count - len(ways) if isinstance(self.count, int) else self.count
        self.rest = _rest_of(self.gradient, [way.product for way in ways]) if self.rest_count else 0.0

    # ---- what is said, in words and in rows

    def _is_nan(self) -> str:
        f, number = self._telling.said(self.output), self.output.data
        return f"{f} is nan: diagnose({f}) says where that began." if number != number else ""

    def _compared_with_grad(self) -> str:
        """What .grad holds, if that is not the gradient."""
        grad, gradient, x = self.leaf.grad, self.gradient, self._telling.said(self.leaf)
        if not self.leaf.reached:
            return f"backward() has not run: {x}.grad is not set yet."
        if _agree(grad, gradient):
            return ""
        head = f"{x}.grad holds {self._telling.number(grad)}, not {self._symbol.text}"
        if self.leaf.operands:                  # results do not sum: each backward() sets their .grad anew
            return f"{head}: it is from another output, or backward() had another seed."
        if grad == 0:
            return (
                f"{x}.grad is 0, as zero_grad() leaves it: backward() has not run since, or only from "
                "another output."
            )
        times = grad / gradient if gradient and self.leaf is not self.output else nan
        if isfinite(times) and round(times) > 1 and abs(times - round(times)) < 1e-12 * times:
            n = round(times)
            head += (
                f" but exactly {n} times as much: backward() ran {n} times, or with seed {n}, or it is from "
                "another output."
            )
        else:
            head += ": it was summed over several calls of backward(), or is of another output."
        return f"{head} .grad adds up until zero_grad(), or {x}.grad = 0; gradients(…) leaves it alone."

    def _headline(self) -> str:
        """What comes behind ∂f/∂x = 9."""
        f, x = self._telling.said(self.output), self._telling.said(self.leaf)
        if self.leaf is self.output:
            return f"{x} itself, along the empty path"
        if self.count == 1:
            return f"one path leads from {f} to {x}"
        lead = f"{counted(self.count, 'path')} lead from {f} to {x}"
        if self.rest_count:
            largest = "the largest" if len(self.paths) == 1 else f"the {len(self.paths)} largest"
            return f"{lead}; {largest} of them"
        return f"{lead}, and gradients add at branches"

    def _rows(self) -> list[list[str]]:
        """A table of all paths: the route and the products of each; and the sum."""
        if self.count == 1 and len(self.paths[0].ends) < 2:     # the list of factors says it all
            return []
        rows = []
        for path in self._shown:
            products = [" · ".join(each.text for each in part) for part in path.products()]
            for i in range(2, 0, -1):                           # one like the next is left out
                if products[i] == products[i + 1]:
                    products[i] = ""
            route = " → ".join(path.stations)
            rows.append([route, products[0], *[f"= {each}" if each else "" for each in products[1:]]])
            rows += [[label, "", "", "", f"= {number}"] for label, number in self._others_like(path)]
        rows += [[label, "", "", "", f"= {number}"] for label, number in self._sums()]
        columns = [column for column in zip(*rows, strict=True) if any(column)]
        return [*map(list, zip(*columns, strict=True))]

    def _others_like(self, path: Path) -> list[tuple[str, str]]:
        """How many paths look the same, and what they add up to."""
        n = self._alike.get(path.kind, 1) - 1
        return [(f"… and {n} more like this", self._telling.number(n * path.product))] if n else []

    def _stacked(self, whole: bool) -> list[list[str]]:
        """The paths if they are too wide for a table: each with its products below the route.

        whole: over several lines, else in one line each, with the middle left out.
        """
        alike, blocks = dict[tuple[str, str], list[Path]](), []
        routes = {path: _lines_of(path.stations, " → ", whole, path.hidden) for path in self._shown}
        products = {path: self._products_of(path, whole) for path in self._shown}
        for path in self._shown:
            alike.setdefault((" ".join(routes[path]), products[path][0]), []).append(path)
        for group in alike.values():
            for path, steps in zip(group, where_they_part(group), strict=True):
                if steps:
                    routes[path].append(f"with {cut(steps, ' · ', WIDTH - 23)} in the middle")
        for path in self._shown:
            (start, *others), lines = routes[path], products[path]
            blocks.append([start, *[f"  {line}" for line in [*others, *lines]]])
            blocks += [[f"{label} = {number}"] for label, number in self._others_like(path)]
        return blocks

    def _products_of(self, path: Path, whole: bool) -> list[str]:
        """The lines below its route."""
        lines, products = [], [[each.text for each in product] for product in path.products()]
        for product, following in zip_longest(products, products[1:]):
            if product != following:
                first, *others = _lines_of(product, " · ", whole, path.hidden if following else 0)
                lines += [f"= {first}", *[f"  {line}" for line in others]]
        return lines

    def _sums(self) -> list[tuple[str, str]]:
        """What stands below the paths."""
        if self.count == 1:
            return []
        number = self._telling.number
        label = f"the other {counted(self.rest_count, 'path')}"
        rest = (label if len(label) < LONGEST_COUNT else "all the others", number(self.rest))
        return [*([rest] if self.rest_count else []), ("sum", number(self.gradient))]

    def _listed(self) -> list[tuple[str, str]]:
        """Each factor with its formula, and each result at its first factor: what it was computed from."""
        define, seen = self._telling.definition, set[Value]()
        every = [factor for path in self._shown for factor in path.ends if factor]
        factors = [*{(each.result, each.operand, each.sign): each for each in every}.values()]
        rows = []
        for factor in factors[:MOST_FORMULAS]:
            rows.append((self._equation(factor), "" if factor.result in seen else define(factor.result)))
            seen.add(factor.result)
        while (value := self._mentioned(seen)) and len(rows) < 2 * MOST_FORMULAS:
            rows.append(("", define(value)))
            seen.add(value)
        if len(factors) > MOST_FORMULAS:
            rows.append((f"… and {len(factors) - MOST_FORMULAS} more factors", ""))
        return rows

    def _equation(self, factor: Factor) -> str:
        number = self._telling.number(factor.value)
        formula = "" if factor.formula.text == number else f" = {factor.formula.text}"
        since = f", since {factor.reason}" if factor.reason else ""
        return f"{self._telling.symbol(*factor[:2], factor.sign).text}{formula} = {number}{since}"

    def _mentioned(self, seen: set[Value]) -> Value | None:
        """The next result that a formula calls by a name that nobody has given it."""
        said, written = self._telling.said, self._telling.formulas.written.items()
        return next((x for x, each in written if x not in seen and each.text == said(x)), None)

    # ---- as text

    def __str__(self) -> str:
        title = f"{self._symbol.text} = {self._telling.number(self.gradient)}: {self._headline()}"
        notes = [line if len(line) <= WIDTH else f"{line[:WIDTH - 1]}…" for line in in_columns(self._notes)]
        blocks = [wrapped(title), "\n".join(self._lines()), "\n".join(notes), wrapped(self._remarks)]
        return "\n\n".join(block for block in blocks if block)

    __repr__ = __str__

    def _lines(self) -> list[str]:
        """The paths in a table if they fit, else one below the other; and the sum."""
        lines = in_columns(self._rows())
        if max(map(len, lines), default=0) <= WIDTH:
            return lines
        whole = sum(len(path.ends) for path in self._shown) <= ON_A_PAGE
        lines = [f"  {line}" for block in self._stacked(whole) for line in block]
        return lines + in_columns([(label, f"= {number}") for label, number in self._sums()])

    # ---- for notebooks

    def _repr_html_(self) -> str:
        gradient = coloured(self._telling.number(self.gradient), RED)
        title = f"{html.escape(self._symbol.text)} = {gradient}: {html.escape(self._headline())}"
        rows = self._rows()
        if max(map(len, in_columns(rows)), default=0) > WIDTH:
            blocks = self._stacked(whole=True) + [[f"{label} = {number}"] for label, number in self._sums()]
            blocks = [[re.sub("^ +", _indent, line) for line in block] for block in blocks]
            paths = [[line] for block in blocks for line in _with_result(block)]
        else:
            paths = [_with_result(row) for row in rows]
        notes = [[html.escape(left), html.escape(right)] for left, right in self._notes]
        return fragment(title, [paths, notes], self._remarks)

    @property
    def latex(self) -> str:
        """The same as an aligned environment: a sum over the paths, in symbols, in formulas, in numbers."""
        number = self._telling.formulas.number
        lines = [self._sum_in_latex([*map(_product_in_latex, products)])
                 for products in zip(*map(self._times, self._shown), strict=True)]
        lines = ["1"] if self.leaf is self.output else [*lines, number(self.gradient).latex]
        distinct = [line for line, following in zip_longest(lines, lines[1:]) if line != following]
        equations = " \\\\\n&= ".join(distinct)
        return f"\\begin{{aligned}}\n{self._symbol.latex} &= {equations}\n\\end{{aligned}}"

    def _times(self, path: Path) -> list[list[Formula]]:
        """Its products, as many times as there are paths that look the same."""
        n, products, number = self._alike.get(path.kind, 1), path.products(), self._telling.formulas.number
        if n == 1:
            return products
        many = [as_factors([number(float(n)), *each]) for each in products[:-1]]
        return [*many, [number(n * path.product)]]

    def _sum_in_latex(self, terms: list[str]) -> str:
        terms[1:] = [_in_brackets(term) if term[0] == "-" else term for term in terms[1:]]
        if self.rest_count:
            many = str(self.rest_count)
            if isinstance(self.rest_count, PowerOfTen):
                mantissa, exponent = self.rest_count.parts
                many = rf"{mantissa} \cdot 10^{{{exponent}}}"
            rest = self._telling.formulas.number(self.rest).latex
            terms.append(rf"\underbrace{{{rest}}}_{{{many}\ \text{{other paths}}}}")
        return (" + " if len(terms) < 3 and "\n" not in terms[0] else " \\\\\n&\\quad + ").join(terms)

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"


def _lines_of(parts: Sequence[str], sign: str, whole: bool, hidden: int) -> list[str]:
    """The parts with a sign between them, over several lines or cut to fit in one."""
    width = WIDTH - 6
    return in_lines(parts, sign, width) if whole else [cut(parts, sign, width, hidden)]


def _product_in_latex(factors: Sequence[Formula]) -> str:
    parts = [each.latex for each in factors]
    lines = [r" \cdot ".join(parts[i : i + IN_A_LINE]) for i in range(0, len(parts), IN_A_LINE)]
    return " \\\\\n&\\quad \\cdot ".join(lines)


def _in_brackets(term: str) -> str:
    r"""\left( and \right) have to stand in the same line."""
    return rf"\bigl({term}\bigr)" if r"\\" in term else rf"\left({term}\right)"


def _indent(spaces: re.Match[str]) -> str:
    return "\u2003" * (len(spaces[0]) // 2)


def _with_result(texts: Sequence[str]) -> list[str]:
    """Texts for a page; the number behind the last "= " is a gradient."""
    before, equals, number = texts[-1].rpartition("= ")
    return [*map(html.escape, texts[:-1]), html.escape(before + equals) + coloured(number, RED)]


def _agree(x: float, y: float) -> bool:
    return x == y or (x != x and y != y) or abs(x - y) <= 1e-12 * abs(y)


def _rest_of(whole: float, parts: Sequence[float]) -> float:
    """What is left without the parts; nan if that isn't known."""
    if all(map(isfinite, parts)) and not isfinite(whole):
        return whole
    return total([whole, *[-part for part in parts]])


def _no_path(output: Value, leaf: Value, digits: int) -> str:
    """Why ∂output/∂leaf is 0."""
    order = topological_order(output)
    inside = leaf in set(order)
    names = names_with(order if inside else [*order, leaf], leaf)
    f, x = names[output] or readable(output.data, digits), names[leaf]
    found = f"∂{f}/∂{x} = 0: no path leads from {f} to {x}"
    if not output.operands and leaf is not output:
        return f"{found}, since {f} is a leaf, or was computed under no_grad()"
    if not inside:
        return found
    if not leaf.requires_grad:
        return f"{found} on which a gradient flows, since {x} has requires_grad=False"
    return f"{found} on which a gradient flows: requires_grad was False when {f} was computed"

"""The paths along which a gradient flows from an output to a Value: how many, and which matter most.

The chain rule: the derivative of the output by a Value is the sum, over all paths between them, of the
products of the local derivatives along each. There may be more paths than could ever be listed; here each
is found without the others, by dynamic programming over the acyclic graph: a node needs to know only the few
best ways that lead to it. An operand that stands in two places, as in a * a, is reached by two paths.
D. Eppstein, Finding the k Shortest Paths (1998), on this and faster methods.
"""
from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import isinf, ldexp, log10
from typing import NamedTuple, TypeAlias

from ..engine.graph import topological_order
from ..engine.value import Value

LIMIT = 10**100                     # counts are exact up to here
MANY_ARRIVALS = 64                  # times as many ways as are wanted: the others are dropped then

Arrival: TypeAlias = "tuple[float, int, int]"   # a product, the entry that it comes from, the operand's place


class Way(NamedTuple):
    """A path from an output to a Value: the Values on it, both ends included.

    places: which operand of the Value before it each one is. product: of the local derivatives, multiplied
    from the output on, as backward() does.
    """

    nodes: tuple[Value, ...]
    places: tuple[int, ...]
    product: float


class PowerOfTen(NamedTuple):
    """A very large number of paths: mantissa · 10^exponent, to about ten digits."""

    mantissa: float
    exponent: int

    @classmethod
    def of(cls, n: int) -> PowerOfTen:
        exponent = len(str(n)) - 1
        return cls(n / 10**exponent, exponent)

    @property
    def parts(self) -> tuple[str, int]:
        """The mantissa with three decimals, and the exponent: of 9.9999·10^120 "1.000" and 121."""
        mantissa, _, carried = f"{self.mantissa:.3e}".partition("e")
        return mantissa, self.exponent + int(carried)

    def __str__(self) -> str:
        return "{}·10^{}".format(*self.parts)


class _Large(NamedTuple):
    """mantissa · 2^exponent, the mantissa a float near 2^333."""

    mantissa: float
    exponent: int

    @classmethod
    def of(cls, mantissa: float, exponent: int) -> _Large:
        return cls(mantissa, exponent) if mantissa < 1e200 else cls(ldexp(mantissa, -333), exponent + 333)

    def plus(self, other: _Large) -> _Large:
        if self.exponent < other.exponent:
            return other.plus(self)
        return self.of(self.mantissa + ldexp(other.mantissa, other.exponent - self.exponent), self.exponent)

    def rounded(self) -> PowerOfTen:
        logarithm = log10(self.mantissa) + self.exponent * log10(2)
        exponent = int(logarithm)
        return PowerOfTen(10 ** (logarithm - exponent), exponent)


def count_paths(output: Value) -> dict[Value, int | PowerOfTen]:
    """The number of paths to each Value that a gradient of the output flows to; the output has the empty one.

    It is exact up to 10^100, and a PowerOfTen beyond. Linear in the number of operands.
    """
    counts: dict[Value, int | _Large] = {output: 1}
    for node in reversed(topological_order(output)):
        count = counts.get(node)
        if count is not None:
            for operand, _ in _ways_on(node):
                counts[operand] = _plus(counts.get(operand, 0), count)
    return {node: x if isinstance(x, int) else x.rounded() for node, x in counts.items()}


def _plus(x: int | _Large, y: int | _Large) -> int | _Large:
    if isinstance(x, _Large):
        return x.plus(y if isinstance(y, _Large) else _Large(float(y), 0))
    if isinstance(y, _Large):
        return _plus(y, x)
    return x + y if x + y <= LIMIT else _Large(float(x + y), 0)


def _ways_on(node: Value) -> Iterator[tuple[Value, int]]:
    """The operands that a gradient flows to, each with its place."""
    operands = node.operands
    for place, flows in enumerate(node.flows):
        if flows:
            yield operands[place], place  # type: ignore[misc]


def largest_paths(output: Value, leaf: Value, most: int) -> list[Way]:
    """The paths from output to leaf with the largest products, by absolute value; nan before all others.

    leaf: any Value in the graph. most: how many, at most. Of equal ones, those through earlier operands come
    first. Time: the number of operands between the two, times most, times its logarithm.
    """
    return _Search(output, leaf, most).paths()


class _Search:
    """The best ways from the output to each node, in the order from the output to the leaf.

    Rounding keeps the order: if |p| ≥ |q|, then |p·s| ≥ |q·s|. So a way that isn't among the best to a node
    can't be the beginning of one of the best to a later one. But 0·∞ is nan: where a local derivative is
    infinite, the smallest products are kept as well as the largest.
    """

    def __init__(self, output: Value, leaf: Value, most: int) -> None:
        self.output, self.leaf, self.most = output, leaf, most
        self.order = topological_order(output)
        self.leading = {leaf}                           # the Values from which a way leads on to the leaf
        self.keeps_smallest = False
        for node in self.order:
            places = [place for operand, place in _ways_on(node) if operand in self.leading]
            if places:
                self.leading.add(node)
                slopes = node.local_grads
                self.keeps_smallest |= any(isinf(slopes[place]) for place in places)
        self.products = array("d")                      # entries: the ways that are kept, of all nodes
        self.owners = array("q")                        # the node that each leads to, by its place in order
        self.before = array("q")                        # the entry that each goes on from,
        self.places = array("q")                        # and the place of the operand that it goes on to

    def paths(self) -> list[Way]:
        if self.output not in self.leading:
            return []
        arrivals: dict[Value, list[Arrival]] = {self.output: [(1.0, -1, -1)]}
        for i in range(len(self.order) - 1, -1, -1):
            node = self.order[i]
            if node in arrivals:
                entries = self.keep(self.best(arrivals.pop(node)), i)
                if node is self.leaf:
                    break
                self.go_on(node, entries, arrivals)
        found = [self.way(entry) for entry in entries]
        found.sort(key=lambda way: (*by_size(way.product), way.places))
        return found[: self.most]

    def keep(self, arrivals: list[Arrival], owner: int) -> range:
        first = len(self.products)
        products, before, places = zip(*arrivals, strict=True)
        self.products.extend(products)
        self.owners.extend([owner] * len(arrivals))
        self.before.extend(before)
        self.places.extend(places)
        return range(first, len(self.products))

    def go_on(self, node: Value, entries: range, arrivals: dict[Value, list[Arrival]]) -> None:
        slopes = node.local_grads
        for operand, place in _ways_on(node):
            if operand in self.leading:
                slope, there = slopes[place], arrivals.setdefault(operand, [])
                # 0.0 + …: as the engine adds what a node is sent, which leaves no -0.0
                there += [(0.0 + self.products[entry] * slope, entry, place) for entry in entries]
                if len(there) > MANY_ARRIVALS * self.most:
                    there[:] = self.best(there)

    def best(self, arrivals: list[Arrival]) -> list[Arrival]:
        if len(arrivals) <= self.most:
            return arrivals
        arrivals.sort(key=lambda arrival: by_size(arrival[0]))
        first = arrivals[: self.most]
        if self.keeps_smallest:
            first += arrivals[max(self.most, len(arrivals) - self.most) :]
        return first

    def way(self, entry: int) -> Way:
        product, nodes, places = self.products[entry], list[Value](), list[int]()
        while entry >= 0:
            nodes.append(self.order[self.owners[entry]])
            places.append(self.places[entry])
            entry = self.before[entry]
        return Way(tuple(reversed(nodes)), tuple(reversed(places[:-1])), product)


def by_size(x: float) -> tuple[bool, float]:
    """A key to sort by: nan first, then the largest absolute values."""
    return (True, -abs(x)) if x == x else (False, 0.0)

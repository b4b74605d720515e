"""The paths along which a gradient flows from an output to a Value: how many, and which matter most.

By the chain rule, the derivative of the output with respect to a Value is the sum over all paths between them
of the products of the local derivatives along each. There may be more paths than could ever be listed, so none
is enumerated: dynamic programming over the acyclic graph keeps, at each node, a count and the few best paths
that lead there. An operand in two places, as in a * a, is reached by two paths.
D. Eppstein, Finding the k Shortest Paths (1998), on this and faster methods.

explanation/explanation.py shows the paths that are found here.
"""
from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import fsum, isfinite, isinf, ldexp, log10, nan
from typing import NamedTuple, TypeAlias

from ..boundary.text import printable
from ..engine.value import Value

LARGEST_EXACT_COUNT = 10**100
MANY_ARRIVALS = 64              # times the number of wanted paths: the worst are dropped from there on

Arrival: TypeAlias = "tuple[float, int, int]"   # a product, the entry that it extends, the operand's place


class WeightedPath(NamedTuple):
    """A path from an output to a Value, with the product of its local derivatives.

    Attributes:
        nodes: The Values on it, both ends included.
        places: Which operand of the Value before it each one is.
        product: The local derivatives, multiplied from the output on, as backward() does.
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
        """The mantissa with three decimals, and the exponent: "1.000" and 121 for 9.9999·10^120."""
        mantissa, _, carried = f"{self.mantissa:.3e}".partition("e")
        return mantissa, self.exponent + int(carried)

    def __str__(self) -> str:
        return printable("{}·10^{}".format(*self.parts))


Count: TypeAlias = "int | PowerOfTen"


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


def count_paths(order: Sequence[Value]) -> dict[Value, Count]:
    """The number of paths from an output to each Value that its gradient reaches; 1, the empty path, to itself.

    Args:
        order: The graph in topological order, the output last.

    Returns:
        Exact counts up to 10^100, and a PowerOfTen beyond. Time: linear in the number of operands.
    """
    counts: dict[Value, int | _Large] = {order[-1]: 1}
    for node in reversed(order):
        count = counts.get(node)
        if count is not None:
            for operand, _ in _receivers(node):
                counts[operand] = _plus(counts.get(operand, 0), count)
    return {node: x if isinstance(x, int) else x.rounded() for node, x in counts.items()}


def _plus(x: int | _Large, y: int | _Large) -> int | _Large:
    if isinstance(x, _Large):
        return x.plus(y if isinstance(y, _Large) else _Large(float(y), 0))
    if isinstance(y, _Large):
        return _plus(y, x)
    return x + y if x + y <= LARGEST_EXACT_COUNT else _Large(float(x + y), 0)


def _receivers(node: Value) -> Iterator[tuple[Value, int]]:
    """The operands that a gradient flows to, each with its place."""
    operands = node.operands
    for place, flows in enumerate(node.flows):
        if flows:
            yield operands[place], place  # type: ignore[misc]


def largest_paths(order: Sequence[Value], leaf: Value, most: int) -> list[WeightedPath]:
    """The paths from an output to a Value with the largest products by absolute value; nan before all others.

    Args:
        order: The graph in topological order, the output last.
        leaf: Any Value in the graph.
        most: How many paths to return, at most.

    Returns:
        The paths, sorted; of equal products, those through earlier operands come first. Time: the number of
        operands between the two ends, times most, times its logarithm.
    """
    return _Search(order, leaf, most).paths()


class _Search:
    """The best paths from the output to each node, found in the order from the output to the leaf.

    Rounding is monotonic: if |p| ≥ |q|, then |p·d| ≥ |q·d|. So a path that isn't among the best to a node can't
    be the beginning of one of the best to a later node. But 0·∞ is nan: where a local derivative is infinite,
    the smallest products are kept as well as the largest.
    """

    def __init__(self, order: Sequence[Value], leaf: Value, most: int) -> None:
        self.order, self.leaf, self.most = order, leaf, most
        self.leading = {leaf}                           # the Values from which a path leads on to the leaf
        self.keeps_smallest = False
        for node in order:
            places = [place for operand, place in _receivers(node) if operand in self.leading]
            if places:
                self.leading.add(node)
                derivatives = node.local_grads
                self.keeps_smallest |= any(isinf(derivatives[place]) for place in places)
        # One entry for each path that is kept, of all nodes: its product, the position in order of the node
        # that it leads to, the entry that it extends, and the place of the operand in that step.
        self.products = array("d")
        self.positions = array("q")
        self.extended = array("q")
        self.places = array("q")

    def paths(self) -> list[WeightedPath]:
        output = self.order[-1]
        if output not in self.leading:
            return []
        arrivals: dict[Value, list[Arrival]] = {output: [(1.0, -1, -1)]}
        for position in range(len(self.order) - 1, -1, -1):
            node = self.order[position]
            if node in arrivals:
                entries = self.keep(self.best(arrivals.pop(node)), position)
                if node is self.leaf:
                    break
                self.extend(node, entries, arrivals)
        found = [self.path(entry) for entry in entries]
        found.sort(key=lambda path: (*by_size(path.product), path.places))
        return found[: self.most]

    def keep(self, arrivals: list[Arrival], position: int) -> range:
        first = len(self.products)
        products, extended, places = zip(*arrivals, strict=True)
        self.products.extend(products)
        self.positions.extend([position] * len(arrivals))
        self.extended.extend(extended)
        self.places.extend(places)
        return range(first, len(self.products))

    def extend(self, node: Value, entries: range, arrivals: dict[Value, list[Arrival]]) -> None:
        derivatives = node.local_grads
        for operand, place in _receivers(node):
            if operand in self.leading:
                derivative, there = derivatives[place], arrivals.setdefault(operand, [])
                # 0.0 + …: as the engine adds to an adjoint, which leaves no -0.0
                there += [(0.0 + self.products[entry] * derivative, entry, place) for entry in entries]
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

    def path(self, entry: int) -> WeightedPath:
        product, nodes, places = self.products[entry], list[Value](), list[int]()
        while entry >= 0:
            nodes.append(self.order[self.positions[entry]])
            places.append(self.places[entry])
            entry = self.extended[entry]
        return WeightedPath(tuple(reversed(nodes)), tuple(reversed(places[:-1])), product)


def by_size(x: float) -> tuple[bool, float]:
    """A sort key: nan first, then the largest absolute values."""
    return (True, -abs(x)) if x == x else (False, 0.0)


def finite_sum(numbers: Sequence[float]) -> float:
    """The exactly rounded sum; nan if it isn't finite."""
    try:
        found = fsum(numbers)
    except (OverflowError, ValueError):         # ValueError: ∞ − ∞
        return nan
    return found if isfinite(found) else nan

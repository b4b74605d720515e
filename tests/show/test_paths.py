"""Paths of a gradient: their number, and the largest products, against a list of them all."""
from __future__ import annotations

import math

import pytest
from hypothesis import given, settings, strategies as st

from autograd_tiny import Value, exp, gradients, log, mean, topological_order
from autograd_tiny.show.paths import (
    LARGEST_EXACT_COUNT, Count, PowerOfTen, WeightedPath, by_size, count_paths, largest_paths,
)
from references.programs.random_paths import DERIVATIVES, INF, NAN, random_graph

examples = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def counts_of(output: Value) -> dict[Value, Count]:
    return count_paths(topological_order(output))


def largest_of(output: Value, leaf: Value, most: int) -> list[WeightedPath]:
    return largest_paths(topological_order(output), leaf, most)


def all_paths(output: Value, leaf: Value) -> list[tuple[tuple[int, ...], float]]:
    """Every path as the places of its operands, with its product: by exhaustive search."""
    found, unfinished = [], [(output, (), 1.0)]
    while unfinished:
        node, places, product = unfinished.pop()
        if node is leaf:
            found.append((places, product))
            continue
        for place, (x, derivative) in enumerate(zip(node.operands, node.local_grads, strict=True)):
            if node.flows[place]:
                unfinished.append((x, (*places, place), product * derivative))
    return found


def key(product: float) -> tuple[bool, float]:
    return product == product, -abs(product) if product == product else 0.0


@examples
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 12))
def test_counts_sums_and_the_largest_are_those_of_a_list_of_all(seed: int, size: int, most: int) -> None:
    values = random_graph(seed, size)
    output, counts = values[-1], counts_of(values[-1])
    for value in values:
        every = all_paths(output, value) if value.requires_grad else []
        products = [product for _, product in every]
        assert counts.get(value, 0) == len(every)
        if every:
            size_of_all = math.fsum(map(abs, products))
            assert abs(math.fsum(products) - gradients(output, value)) <= 1e-12 * size_of_all
        largest = largest_of(output, value, most) if every else []
        assert [abs(path.product) for path in largest] == sorted(map(abs, products), reverse=True)[:most]
        for path in largest:
            assert (path.places, path.product) in every
            assert path.nodes[0] is output and path.nodes[-1] is value
            steps = zip(path.nodes, path.places, path.nodes[1:], strict=False)
            assert all(before.operands[place] is after for before, place, after in steps)
        assert len({path.places for path in largest}) == len(largest)


@examples
@given(
    st.lists(
        st.lists(st.sampled_from(DERIVATIVES), min_size=1, max_size=3), min_size=1, max_size=5,
    ),
    st.integers(1, 5),
)
def test_zeros_infinities_and_nans_have_their_places(layers: list[list[float]], most: int) -> None:
    leaf = value = Value(1.0)
    for derivatives in layers:
        value = sum((value * derivative for derivative in derivatives[1:]), value * derivatives[0])
    products = [product for _, product in all_paths(value, leaf)]
    expected = sorted(products, key=key)[:most]
    got = [path.product for path in largest_of(value, leaf, most)]
    assert list(map(repr, map(key, got))) == list(map(repr, map(key, expected)))


def test_a_factor_used_twice_makes_two_paths() -> None:
    a = Value(3.0)
    assert counts_of(a * a)[a] == 2
    assert [(path.places, path.product) for path in largest_of(a * a, a, 5)] == [((0,), 3.0), ((1,), 3.0)]


def test_the_only_path_has_the_gradient_bit_by_bit() -> None:
    x = Value(0.3)
    y = log(exp(x * 0.1 - 7.0).tanh() / 3.0).sigmoid() ** 1.7
    [path] = largest_of(y, x, 8)
    assert path.product == gradients(y, x)


def test_equal_products_come_in_the_order_of_the_operands() -> None:
    x = Value(1.0)
    a, b, c = x + 0.0, x * 1.0, x - 0.0
    f = (a + b) + c
    assert [path.places for path in largest_of(f, x, 3)] == [(0, 0, 0), (0, 1, 0), (1, 0)]


def test_the_empty_path_leads_to_the_output_itself() -> None:
    f = Value(2.0) * 3.0
    assert counts_of(f)[f] == 1
    assert largest_of(f, f, 3) == [((f,), (), 1.0)]


def test_no_path_leads_to_frozen_or_detached_values_or_to_another_graph() -> None:
    a, frozen, elsewhere = Value(2.0), Value(3.0, requires_grad=False), Value(4.0)
    f = a * frozen + (a * 5.0).detach()
    assert counts_of(f) == {f: 1, f.operands[0]: 1, a: 1}
    assert largest_of(f, elsewhere, 3) == largest_of(f, frozen, 3) == []


def test_a_leaf_that_was_frozen_in_the_forward_pass_is_not_reached_in_a_wide_operation() -> None:
    a, b = Value(2.0), Value(3.0, requires_grad=False)
    f = mean([a, b, a])
    b.requires_grad = True
    assert counts_of(f) == {f: 1, a: 2}


def doubled(times: int) -> tuple[Value, Value]:
    x = f = Value(1.0)
    for _ in range(times):
        f = f + f
    return f, x


def test_counts_are_exact_up_to_a_hundred_digits() -> None:
    f, x = doubled(332)
    assert counts_of(f)[x] == 2**332 <= LARGEST_EXACT_COUNT
    f, x = doubled(333)
    assert counts_of(f)[x] == PowerOfTen(pytest.approx(2**333 / 10**100, rel=1e-9), 100)


def test_a_chain_of_a_hundred_thousand_doublings() -> None:
    f, x = doubled(100_000)
    found = counts_of(f)[x]
    exact = 100_000 * math.log10(2)
    assert isinstance(found, PowerOfTen) and found.exponent == 30102
    assert found.mantissa == pytest.approx(10 ** (exact - 30102), rel=1e-9)
    assert str(found) == "9.990·10^30102"
    assert [path.product for path in largest_of(f, x, 3)] == [1.0, 1.0, 1.0]


def test_a_power_of_ten_is_written_with_one_digit_before_the_point() -> None:
    assert str(PowerOfTen(9.9999, 120)) == "1.000·10^121"
    assert PowerOfTen(9.9994, 120).parts == ("9.999", 120)
    assert str(PowerOfTen.of(1_267_650_600_228_229)) == "1.268·10^15"
    assert str(PowerOfTen.of(10**20 - 1)) == "1.000·10^20"


def test_the_largest_come_first_and_nan_before_all() -> None:
    numbers = [1.0, -2.0, NAN, 0.0, -INF, NAN]
    assert list(map(repr, sorted(numbers, key=by_size))) == ["nan", "nan", "-inf", "-2.0", "1.0", "0.0"]


def test_large_counts_of_different_sizes_add_up() -> None:
    f, x = doubled(400)
    g = f + x + f * 2.0
    mantissa, exponent = counts_of(g)[x]
    assert mantissa * 10.0**exponent == pytest.approx(2.0**401, rel=1e-9)
    huge, y = doubled(3000)
    assert counts_of(huge + y)[y] == counts_of(huge)[y]


def test_the_largest_of_ten_to_the_thirty_paths() -> None:
    x = f = Value(1.0)
    for _ in range(100):
        f = 3.0 * f + 2.0 * f
    found = largest_of(f, x, 4)
    assert counts_of(f)[x] == 2**100
    assert [path.product for path in found] == pytest.approx([3.0**100, *[3.0**99 * 2.0] * 3], rel=1e-13)


def test_a_value_with_many_uses() -> None:
    x = Value(1.0)
    f = mean([x * float(i % 977) for i in range(5000)])
    assert [path.product * 5000 for path in largest_of(f, x, 6)] == pytest.approx([976.0] * 5 + [975.0])


def test_the_order_of_the_graph_does_not_matter_where_a_result_is_used_late() -> None:
    x = Value(0.5)
    a = x * 2.0
    f = (a + a.exp()) * a
    assert counts_of(f)[x] == 3 == len(topological_order(f)) - 2

"""Numbers in pages: they are written as in pictures, and read as a person types them."""
import math
import random
from pathlib import Path

import pytest

import autograd_tiny.show.page as page
from autograd_tiny.show.names import readable
from references.javascript.node import Node

NUMBERS = Path(page.__file__).with_name("numbers.js")


@pytest.fixture(scope="module")
def node():
    process = Node()
    yield process
    process.close()


def numbers():
    """Of all sizes; and with few binary digits, where many lie just between two decimal ones."""
    generator = random.Random(1)
    for _ in range(400):
        yield generator.uniform(-10, 10) * 10.0 ** generator.randint(-12, 12)
        yield generator.randint(-(2**20), 2**20) / 2.0 ** generator.randint(0, 24)
    yield from (0.0, -0.0, 5e-324, 1.7e308, -1.7e308, 999999.5, 99.5, 1e6, 9999.5, 0.99995)


def test_numbers_are_written_as_in_pictures(node):
    for x in numbers():
        for digits in (1, 4, 6):
            assert node.call(NUMBERS, "readable", x, digits) == readable(x, digits), (x, digits)


@pytest.mark.parametrize(("text", "x"), [
    ("-1.5", -1.5), ("−1.5", -1.5), (" 2 ", 2.0), (".5", 0.5), ("3.", 3.0), ("1e-3", 1e-3), ("1e−3", 1e-3), ("+4", 4.0),
    ("1e999", math.nan), ("inf", math.nan), ("nan", math.nan), ("", math.nan), ("0x10", math.nan), ("1 2", math.nan),
    ("alert(1)", math.nan), ("-", math.nan), ("1e", math.nan),
])
def test_what_is_typed_is_a_finite_number_or_none(node, text, x):
    found = node.call(NUMBERS, "typed", text)[0]
    assert found == x or (math.isnan(found) and math.isnan(x))

"""Chapter 4 puts numbers into derivatives, line by line: each line is worth as much as the one before it."""
import re
from pathlib import Path

import nbformat
import pytest

from autograd_tiny import parse
from autograd_tiny.course.network_2_2_2 import gradient_of

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "04-backpropagation-by-hand.ipynb"
SOURCES = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells]
[CELL] = [source for source in SOURCES if source.startswith("## With a pocket calculator")]
BLOCKS = re.findall(r"\\begin\{aligned\}(.*?)\\end\{aligned\}", CELL, re.S)
# after the formula
LINES = [[line.rsplit("&=", 1)[-1].strip() for line in block.split("\\\\")][1:] for block in BLOCKS]
ROUNDED = 1e-3          # relative: four digits


def value(line):
    return parse(line.replace(r"\cdot", "*")).data


@pytest.mark.parametrize("lines", LINES, ids=["w5", "w1 through o1", "w1 through o2"])
def test_lines_agree_with_each_other_up_to_the_fourth_digit(lines):
    assert len(lines) >= 4
    assert [value(line) for line in lines] == pytest.approx([value(lines[-1])] * len(lines), rel=ROUNDED)


@pytest.mark.parametrize("lines", LINES, ids=["w5", "w1 through o1", "w1 through o2"])
def test_numbers_have_at_most_four_digits(lines):
    numbers = [number for line in lines for number in re.findall(r"[\d.]+", line)]
    assert numbers and all(len(number.replace(".", "").lstrip("0")) <= 4 for number in numbers)


def test_results_are_the_gradients_of_the_engine():
    w5, through_o1, through_o2 = (value(lines[-1]) for lines in LINES)
    right = gradient_of((0.1, 0.2), (0.5, 0.5))
    assert (w5, through_o1 + through_o2) == pytest.approx((right["w5"], right["w1"]), rel=ROUNDED)
    assert f"{through_o1 + through_o2:.7f}" in CELL

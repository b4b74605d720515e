"""The picture of a comparison of modes."""
import pytest

from autograd_tiny import Value, compare_modes


def f(a, b, c):
    x = a + b
    y = b + c
    return x * y


def test_its_picture_shows_both_passes(tmp_path):
    picture = compare_modes(f, -1.0, 3.0, 4.0).draw(input=1)
    assert "One forward pass: ∂(every value)/∂b" in picture.svg
    assert "One reverse pass: ∂f/∂(every value)" in picture.svg
    assert picture.source.count("—") == 2                   # a and c are not reached
    frozen = Value(3.0, "k", requires_grad=False)
    assert "k" in compare_modes(lambda x: x * frozen, 2.0).draw().svg
    assert picture.save(tmp_path / "modes.png").stat().st_size > 10_000
    assert 'rankdir="TB"' in compare_modes(f, 1.0, 2.0, 3.0).draw(rankdir="TB").source


def test_the_picture_shows_the_output_that_the_most_depends_on():
    assert "One reverse pass: ∂f[2]/" in compare_modes(lambda x, y: (x, y, x * y), 1.0, 2.0).draw().svg


def test_bad_arguments():
    found = compare_modes(f, -1.0, 3.0, 4.0)
    with pytest.raises(ValueError, match="f has 3 inputs, there is none at 3"):
        found.draw(input=3)
    with pytest.raises(ValueError, match="f has 1 output, there is none at 1"):
        found.draw(output=1)
    with pytest.raises(ValueError, match="output: an integer of 0 or more is expected, got -1"):
        found.draw(output=-1)
    for name in ("input", "output", "max_nodes", "digits"):
        with pytest.raises(TypeError, match=f"{name}: an integer is expected, got str '1'"):
            found.draw(**{name: "1"})
    with pytest.raises(ValueError, match="max_nodes"):
        found.draw(max_nodes=5)

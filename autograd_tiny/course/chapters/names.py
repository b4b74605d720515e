"""Judges of chapter 10, names."""
from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from math import log
from typing import Any

from ...boundary.arguments import describe
from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ..answers import UnfitError, all_close, close, function, number, numbers, result

PLACES = [[1.0, -2.0, 5.0], [3.0, 4.0, -1.0], [-2.0, 0.5, 2.0], [0.5, 1.5, -3.0]]
MANY = 100                  # rows and numbers that are looked at


def the_shares_of_anna(answer: object) -> str | None:
    """A fifth for each of the five questions of ".anna", 0 for the other places."""
    shares = numbers(answer, 10, "ten numbers in a list")
    asked = sum(share != 0 for share in shares)
    if all_close(shares, [0.2] * 5 + [0.0] * 5):
        return None
    if all_close(shares, [0.25] * 4 + [0.0] * 6):
        return "There are five questions: whether the name is over after *anna* is asked, too."
    if all_close(shares, [1.0] * 5 + [0.0] * 5):
        return "Five places count, but they share one loss: all shares together are 1."
    if all_close(shares, [0.1] * 10):
        return "Only places at which something is asked have a share. The dots that fill the row have none."
    if all_close(shares, [0, 1, 14, 14, 1, 0, 0, 0, 0, 0]) or all_close(shares, [1, 14, 14, 1, 0, 0, 0, 0, 0, 0]):
        return "These are letters, the questions or the answers. Shares are parts of the loss, between 0 and 1."
    if not close(sum(shares), 1.0):
        return f"Your shares sum to {sum(shares):.4g}: the loss of a name is a mean, so they sum to 1."
    if asked != 5:
        return f"{asked} places have a share in your list. How many questions is *anna*, with the one after its end?"
    return "The questions come first and have equal shares; the places after them have none."


def as_low_as_it_goes(answer: object) -> str | None:
    """ln 4, the entropy of a choice among four."""
    found = number(answer)
    if close(found, log(4)):
        return None
    if close(found, 0.0):
        return "A loss of 0 needs the next sign to be certain. Which of the four comes is chance, which no model knows."
    if close(found, log(27)):
        return "ln 27 is the loss of a model that knows nothing. This one can know which four signs are possible."
    if close(found, 2.0):
        return "2 is right in bits, with the logarithm to the base 2. The measure of this chapter has ln."
    if close(found, 0.25) or close(found, 4.0):
        return "That is the probability of each sign, or the number of signs. The loss is minus the logarithm of it."
    if close(found, -log(4)):
        return "The logarithm of a probability is negative, and the loss has a minus in front of it."
    if close(found, log(27 / 4)):
        return "That is how much is gained against ln 27. What loss remains?"
    return "Which probability does the best model give to the sign that comes? The loss is -ln of it."


def colder(answer: object) -> str | None:
    """The probabilities 0.5, 0.3, 0.2 at temperature 0.5: their squares, over the sum of these."""
    found = numbers(answer, 3)
    if all_close(found, [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38], 5e-3):
        return None
    if all_close(found, [0.5, 0.3, 0.2]):
        return "These are the probabilities at temperature 1. Below it, what is probable becomes more so."
    if all_close(found, [0.25, 0.09, 0.04]):
        return "The ratio is right, but probabilities sum to 1."
    if all_close(found, [1.0, 0.6, 0.4]) or all_close(found, [0.25, 0.15, 0.1]):
        return "The logarithms are divided by the temperature, and not the probabilities."
    if all_close(found, [0.4154, 0.3218, 0.2628], 5e-3):
        return "That is temperature 2, at which the probabilities come closer together: divide by 0.5, don't multiply."
    if all_close(found, [0.4506, 0.3021, 0.2473], 5e-3) or all_close(found, [0.3907, 0.3199, 0.2894], 5e-3):
        return "The scores are logarithms of the probabilities. This is softmax of the probabilities themselves."
    if not close(sum(found), 1.0, 1e-2):
        return f"Probabilities sum to 1, and yours to {sum(found):.4g}."
    return "Divide each ln p by 0.5, take e to that power, and divide by the sum of the three."


def attention_with_a_pencil(answer: object) -> str | None:
    """The weights are 1/4 and 3/4, the mixture of 8 and 4 is 5."""
    found = number(answer)
    if close(found, 5.0):
        return None
    if close(found, 6.0):
        return "6 is the plain mean. The query fits the second key better than the first."
    if close(found, 7.0):
        return "The weights are swapped: the second key fits better, so its value counts more."
    if close(found, 4.0):
        return "Softmax gives the best key the largest weight, but not all of it."
    if close(found, 20.0):
        return "Your weights, 1 and 3, do not sum to 1: softmax divides by their sum."
    if close(found, 4 * log(3)):
        return "That mixes the values by the products themselves. Softmax comes first."
    if close(found, (8 + 4 * 3**0.5) / (1 + 3**0.5)):
        return "The query is missing: each key is multiplied by 2 before softmax."
    return "Three steps: the products of the query with both keys, softmax of these, and the mixture of the values."


def looking_back_evenly(answer: object) -> str | None:
    """Means of lists up to each place; gradients show which of them each place depends on."""
    rule = function(answer, "so_far(places)")
    places = [[Value(each) for each in row] for row in PLACES]
    found = _rows(result(_in_lists(rule), places))
    for t, row in enumerate(found):
        for column, entry in enumerate(row):
            if (fault := _looks_wrong(entry, t, column, places)) is not None:
                return fault
            right = sum(each[column] for each in PLACES[: t + 1]) / (t + 1)
            if not close(entry.data, right, 1e-9):
                return f"Place {t + 1} has {entry.data:.4g} at column {column + 1}, and the mean so far is {right:.4g}."
    return None


def _in_lists(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The reader's function, with its rows as lists: zip, map and generators are read while the time limit counts."""
    def so_far(places: list[list[Value]]) -> Any:
        given = rule(places)
        if not hasattr(given, "__iter__"):
            return given
        return [list(islice(row, MANY)) if hasattr(row, "__iter__") else row for row in islice(given, MANY)]

    return so_far


def _rows(given: Any) -> list[list[Value]]:
    """The lists of the reader's function, each of Values.

    Raises:
        UnfitError: They are something else, or have other lengths.
    """
    form = f"so_far returns {len(PLACES)} lists of {len(PLACES[0])} Values for as many such lists"
    if not isinstance(given, list):
        raise UnfitError(f"{form}, got {describe(given)}.")
    if not all(isinstance(row, list) for row in given):
        raise UnfitError(f"{form}, got a list with something else in it.")
    if [len(row) for row in given] != [len(row) for row in PLACES]:
        lengths = ", ".join(str(len(row)) for row in given)
        raise UnfitError(f"{form}, got {len(given)} lists" + (f" of the lengths {lengths}." if given else "."))
    plain = [t for t, row in enumerate(given, 1) if not any(isinstance(entry, Value) for entry in row)]
    if len(plain) == 1:
        raise UnfitError(f"{form}. At place {plain[0]} there are numbers that were computed from no Value at all.")
    if not all(isinstance(entry, Value) for row in given for entry in row):
        raise UnfitError(f"{form}. Compute with the Values, not with their .data: the gradient goes through them.")
    return given


def _looks_wrong(entry: Value, t: int, column: int, places: list[list[Value]]) -> str | None:
    """What the gradient of one number says about where its place looks."""
    slopes = [gradients(entry, row) for row in places]
    looks = [any(slope != 0 for slope in row) for row in slopes]
    ahead = next((s for s in range(t + 1, len(places)) if looks[s]), None)
    if ahead is not None:
        return f"Place {t + 1} looks ahead: its derivative by place {ahead + 1} is {max(slopes[ahead], key=abs):.3g}."
    if not looks[t]:
        return f"Place {t + 1} does not look at itself: its derivative by its own list is 0."
    blind = next((s for s in range(t) if not looks[s]), None)
    if blind is not None:
        return f"Place {t + 1} does not look at place {blind + 1}: its derivative by it is 0."
    weights = [row[column] for row in slopes[: t + 1]]
    if t > 0 and all_close(weights, [1.0] * (t + 1)):
        return f"At place {t + 1} all derivatives are 1. That is a sum: a mean divides it by the number of lists."
    if not all_close(weights, [1 / (t + 1)] * (t + 1), 1e-9):
        written = ", ".join(f"{weight:.3g}" for weight in weights)
        return f"The weights of place {t + 1} are {written}, by the derivatives. They should all be 1/{t + 1}."
    return None


def twice_as_wide(answer: object) -> str | None:
    """The parameters of the model with lists of 32 numbers: 14,336."""
    found = number(answer)
    attention, network, tables = 4 * 32 * 32, 2 * 32 * 128, (27 + 10 + 27) * 32
    if close(found, attention + network + tables, 1e-9):
        return None
    if close(found, 4096):
        return "4096 are the parameters with `SIZE = 16`. (Attention alone has as many with 32.)"
    if close(found, 8192):
        return "Not all parts double: a layer from `SIZE` to `SIZE` numbers grows on both sides."
    if close(found, 16384):
        return "Not all parts grow four times: embeddings and scores have one side that stays, 27 or 10."
    if close(found, attention + network):
        return "The embeddings and the scores are missing."
    if close(found, attention + network // 2 + tables):
        return "The hidden layer has 4 · SIZE units, so 128 with 32: it grows on both sides, too."
    if close(found, attention // 4 + network + tables):
        return "Attention has four layers: query, key, value and out."
    if close(found, attention + network + tables - 27 * 32):
        return "One of the tables is missing: two embeddings, of the letters and of the places, and the scores."
    if close(found, attention + network + tables - 10 * 32):
        return "The places have an embedding too."
    return "Add up two embeddings, four layers of attention, `hidden`, `back`, and `scores`. No layer has a bias."


JUDGES = (
    the_shares_of_anna, as_low_as_it_goes, colder, attention_with_a_pencil, looking_back_evenly, twice_as_wide,
)

"""Labels of classes, as plots take them: integers or strings, in an order, and with names."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...boundary.arguments import describe
from ...boundary.foreign import as_numpy
from ...boundary.late_numpy import np
from ...boundary.text import quoted, shortened


def checked_labels(name: str, given: Any) -> list[Any]:
    """Labels as Python's ints and strings, so that 1, 1.0, True and NumPy's 1 are one class."""
    found = as_numpy(given, name)
    if found.ndim != 1:
        raise ValueError(
            f"{name}: one label for each example is expected, got shape {found.shape}; the label of a row of "
            "outputs is outputs.argmax(axis=1)"
        )
    if not len(found):
        raise ValueError(f"{name}: there are no examples")
    labels = [label_of(x) for x in np.asarray(given, dtype=object).tolist()]
    wrong = [x for x in labels if not isinstance(x, int | str)]
    if wrong:
        raise ValueError(
            f"{name}: class labels are expected, integers or strings, got {describe(wrong[0])}; "
            "a comparison such as outputs > 0 turns outputs into labels"
        )
    return labels


def label_of(given: Any) -> Any:
    """A label as Python's int or str; anything else as it is."""
    if isinstance(given, str):
        return str(given)
    if hasattr(given, "__float__") and float(given).is_integer():
        return int(given)
    return given


def sorted_labels(labels: Sequence[Any]) -> list[Any]:
    """Each label once: numbers in order, then strings."""
    return sorted(set(labels), key=lambda x: (isinstance(x, str), x))


def named_classes(found: Sequence[Any], labels: Any, where: str) -> tuple[list[str], dict[Any, int]]:
    """The names of the classes, and the index of each label among them.

    Args:
        found: The labels that occur.
        labels: The classes in the order wanted, or the names of the classes 0, 1, 2, ….
        where: The arguments in which they occur, for the error.

    Raises:
        ValueError: Labels that are not distinct, or one that occurs and is not among them.
    """
    chosen = [label_of(x) for x in labels]
    if len(set(chosen)) != len(chosen) or not chosen:
        raise ValueError(f"labels: different labels are expected, got {describe(labels)}")
    names = [shortened(x) for x in chosen]
    index_of = {x: i for i, x in enumerate(chosen)}
    unknown = [x for x in found if x not in index_of]
    if not unknown:
        return names, index_of
    if all(isinstance(x, int) and 0 <= x < len(names) for x in found):
        return names, {x: x for x in found}
    raise ValueError(f"labels: {quoted(unknown[0])} occurs in {where}, but not in labels")

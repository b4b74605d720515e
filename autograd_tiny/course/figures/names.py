"""The plots of chapter 10."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.colours import DARK, LIGHT, mixed
from ...boundary.plotting import CURVES, ink
from ...training.curves import plot_history
from .plot import Plot, new_figure

if TYPE_CHECKING:
    import numpy as np

VOWELS = "aeiouy"


def bigrams(probabilities: Sequence[Sequence[float]], letters: str) -> Plot:
    """A square for each pair of letters: the more blue, the more probable the second is after the first."""
    figure = new_figure(6.2, 5.2)
    ax = figure.subplots()
    shown = _draw_shares(ax, probabilities, max(map(max, probabilities)), letters)
    ax.set(xlabel="next letter", ylabel="letter", title="How probable a letter is after another")
    figure.colorbar(shown, ax=ax)
    return Plot(figure, "How probable each letter is after each other one")


def heads(text: str, weights: Sequence[Sequence[Sequence[Any]]]) -> Plot:
    """The attention of each head: in a row the place that looks, in the columns those that it looks at.

    Args:
        text: The letters at these places, from the dot on.
        weights: For each place and each head, Values: one for each place up to this one.
    """
    import numpy as np

    figure = new_figure(9, 2.9)
    axes = figure.subplots(1, len(weights[0]))
    for head, ax in enumerate(axes):
        shares = np.full((len(text), len(text)), np.nan)
        for place in range(len(text)):
            shares[place, : place + 1] = [weight.data for weight in weights[place][head]]
        shown = _draw_shares(ax, shares, 1.0, text)
        ax.set(title=f"head {head + 1}", xlabel="looks at")
    axes[0].set_ylabel("after this letter")
    figure.colorbar(shown, ax=axes, shrink=0.7)
    return Plot(figure, f"What each place of {text} looks at, by head")


def _draw_shares(ax: Any, shares: Any, most: float, letters: str) -> Any:
    """Squares in one blue, transparent at 0: they fit a light page and a dark one."""
    from matplotlib.colors import LinearSegmentedColormap

    blue = mixed(LIGHT.value, DARK.value, 0.4)
    blues = LinearSegmentedColormap.from_list("blues", [f"{blue}00", blue])
    shown = ax.imshow(shares, cmap=blues, vmin=0.0, vmax=most, interpolation="nearest")
    ax.set_xticks(range(len(letters)), list(letters))
    ax.set_yticks(range(len(letters)), list(letters))
    return shown


def learning_curve(history: Any, bigrams: float) -> Plot:
    """The losses of a training by epoch, and that of bigrams as a dotted line."""
    figure = new_figure(6.4, 3.8)
    ax = plot_history(history, figure.subplots())
    ax.axhline(bigrams, color=LIGHT.quiet, linewidth=1.2, linestyle=":")
    ax.annotate(
        "bigrams, kept aside", (0.98, bigrams), (0, 3), va="bottom", ha="right", color=LIGHT.quiet,
        xycoords=("axes fraction", "data"), textcoords="offset points",
    )
    return Plot(figure, "The loss by epoch, in training and on names kept aside")


def by_place(losses: Mapping[str, Sequence[float]], names: Sequence[str]) -> Plot:
    """The loss of two models at each letter of these names. Below each place, how many names reach it and end there."""
    figure = new_figure(6.4, 3.4)
    ax = figure.subplots()
    for colour, (name, found) in zip([CURVES[2], ink()], losses.items(), strict=True):
        ax.plot(range(1, len(found) + 1), found, "o-", color=colour, label=name)
    places = range(1, len(found) + 1)
    reach = [sum(len(name) + 1 >= place for name in names) for place in places]
    end = [sum(len(name) + 1 == place for name in names) for place in places]
    ax.set_xticks(places, [f"{place}\n{here}\n{last}" for place, here, last in zip(places, reach, end, strict=True)])
    ax.set(xlabel="which letter of the name; how many names have it; of how many it is the end", ylabel="loss")
    ax.set_title("Where looking back helps")
    ax.legend(frameon=False, loc="lower left")
    ax.grid(alpha=0.3)
    return Plot(figure, "The loss of two models at each letter of a name")


def mean_attention(weights: Sequence[Sequence[Sequence[Any]]]) -> Plot:
    """How much of its attention each head gives to which places, on the average over all places from the third on.

    Args:
        weights: For each text, place and head, Values: one for each place up to this one.
    """
    figure = new_figure(8, 0.6 + 0.5 * len(weights[0][0]))
    ax = figure.subplots()
    names, colours = ("this letter", "the one before", "the dot", "the others"), (*CURVES[:3], LIGHT.quiet)
    for head in range(len(weights[0][0])):
        rows = [[weight.data for weight in place[head]] for text in weights for place in text[2:]]
        shares = [sum(row[at] for row in rows) / len(rows) for at in (-1, -2, 0)]
        left = 0.0
        for name, colour, share in zip(names, colours, [*shares, 1 - sum(shares)], strict=True):
            ax.barh(f"head {head + 1}", share, left=left, color=colour, label=name)
            ax.text(left + share / 2, head, f"{share:.2f}", ha="center", va="center", color="white")
            left += share
    ax.invert_yaxis()
    ax.legend(ax.patches[: len(names)], names, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    ax.set(title="Where the attention goes", xlim=(0, 1))
    return Plot(figure, "How much of its attention each head gives to which places")


def letters(vectors: Any, names: str) -> Plot:
    """The directions of vectors, seen from the side from which they are spread out most, the vowels in red.

    Below them stands how much of the spread is in the picture, and how much would be if they were random.

    Args:
        vectors: An array, with a vector in each row.
        names: A letter for each.
    """
    import numpy as np

    points, share = seen_from_the_side(vectors)
    random = np.random.default_rng(0)
    by_chance = [seen_from_the_side(random.normal(size=vectors.shape))[1] for _ in range(500)]
    figure = new_figure(5.6, 4.8)
    ax = figure.subplots()
    ax.scatter(*points.T, alpha=0)
    for letter, (across, up) in zip(names, points, strict=True):
        colour = LIGHT.gradient if letter in VOWELS else LIGHT.value
        beside = [x for x, y in points if 0 < np.hypot(x - across, y - up) < 0.3]       # letters that would overlap
        side = "center" if not beside else "right" if across < beside[0] else "left"
        ax.text(across, up, letter, color=colour, fontsize=13, ha=side, va="center")
    spread = f"{share:.0%} of the spread; random directions: {np.mean(by_chance):.0%} ± {np.std(by_chance):.0%}"
    ax.set(xlabel=f"first component\n{spread}", ylabel="second component", title="The letters as the model sees them")
    ax.grid(alpha=0.3)
    return Plot(figure, "The letters in the plane of the first two principal components")


def seen_from_the_side(vectors: Any) -> tuple[np.ndarray[Any, Any], float]:
    """The first two principal components of the directions of vectors, and their share of the spread."""
    import numpy as np

    vectors = vectors / np.sqrt((vectors**2).mean(axis=1, keepdims=True))
    left, lengths, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    return left[:, :2] * lengths[:2], float((lengths[:2] ** 2).sum() / (lengths**2).sum())

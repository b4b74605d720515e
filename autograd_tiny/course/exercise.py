"""An exercise: the texts that a chapter's file has, and the judge that stands in the chapter's module."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files

from .chapters import CHAPTERS

Judge = Callable[[object], str | None]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter.

    Attributes:
        title: A few words.
        question: The text of the exercise, in Markdown, as it stands in the notebook.
        hints: From the gentlest to the one that nearly tells.
        solution: An answer and the way to it, in Markdown. Its last block of Python sets `answer`.
        judge: Takes an answer, and returns None if it is right, else a sentence that helps. It may raise
            answers.UnfitError.
    """

    title: str
    question: str
    hints: tuple[str, ...]
    solution: str
    judge: Judge


@cache
def exercises_of(chapter: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter, by its name in CHAPTERS."""
    folder = f"{__package__}.chapters"
    texts = tomllib.loads(files(folder).joinpath(f"{chapter}.toml").read_text("utf-8"))["exercise"]
    judges: tuple[Judge, ...] = import_module(f"{folder}.{chapter}").JUDGES
    return tuple(
        Exercise(
            text["title"], text["question"].strip(), tuple(hint.strip() for hint in text["hints"]),
            text["solution"].strip(), judge,
        )
        for text, judge in zip(texts, judges, strict=True)
    )


def title_of(chapter: str) -> str:
    """The title of a chapter: "One perceptron"."""
    return chapter.replace("_", " ").capitalize()


def numbered() -> dict[int, str]:
    """The name of each chapter, by its number."""
    return dict(enumerate(CHAPTERS, 1))

"""handout: the exercises of all chapters in one file, for a class; with the answers, for its teacher."""
from __future__ import annotations

from os import PathLike

from ..boundary.files import write_file
from .exercise import Exercise, exercises_of, numbered, title_of


def handout(path: str | PathLike[str], *, answers: bool = False) -> None:
    """Write the exercises of all chapters to one Markdown file.

    Args:
        path: The file.
        answers: Write the hints and the solution of each exercise, too.

    Raises:
        OSError: The file can't be written.
    """
    parts = ["# Exercises, with answers" if answers else "# Exercises"]
    for number, chapter in numbered().items():
        parts.append(f"## {number}. {title_of(chapter)}")
        for at, exercise in enumerate(exercises_of(chapter), 1):
            parts += _written(at, exercise, answers)
    write_file(path, ("\n\n".join(parts) + "\n").encode())


def _written(number: int, exercise: Exercise, answers: bool) -> list[str]:
    question = [f"### Exercise {number}. {exercise.title}", exercise.question]
    if not answers:
        return question
    hints = "\n".join(f"{at}. {hint}" for at, hint in enumerate(exercise.hints, 1))
    return [*question, "**Hints**", hints, "**Solution**", exercise.solution]

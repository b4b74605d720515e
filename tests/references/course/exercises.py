"""What the tests of all chapters ask: solutions pass, and likely wrong answers fail with the hint that helps."""
import re
from pathlib import Path

import nbformat

import autograd_tiny as at
from autograd_tiny.course import exercises
from autograd_tiny.course.chapters import CHAPTERS
from autograd_tiny.course.exercise import exercises_of

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
NAMES = {name: getattr(at, name) for name in at.__all__}        # as a notebook has imported them
BLOCK = re.compile(r"^```python\n(.*?)^```", re.S | re.M)
FITTING = 3                     # wrong answers, at least, for each exercise


def answer_of(solution):
    """What the Python of a solution calls `answer`."""
    names = dict(NAMES)
    for block in BLOCK.findall(solution):
        exec(compile(block, "solution.py", "exec"), names)
    return names["answer"]


def judge_solutions(chapter):
    """Every solution of a chapter passes its check."""
    for number, exercise in enumerate(exercises_of(chapter), 1):
        verdict = exercises(CHAPTERS.index(chapter) + 1).check(number, answer_of(exercise.solution))
        assert verdict, (exercise.title, verdict)


def judge_mistakes(chapter, mistakes):
    """mistakes: for each exercise, in order, likely wrong answers, each with words that the hint to it has."""
    assert len(mistakes) == len(exercises_of(chapter))
    for number, wrong in enumerate(mistakes, 1):
        assert len(wrong) >= FITTING, number
        said = set()
        for answer, words in wrong:
            verdict = exercises(CHAPTERS.index(chapter) + 1).check(number, answer)
            assert not verdict and words in str(verdict), (number, answer, verdict)
            said.add(str(verdict))
        assert len(said) >= FITTING, (number, "each mistake has a hint of its own", said)


def exercise_cells(chapter):
    """The cells of Markdown in a chapter's notebook that set an exercise."""
    number = CHAPTERS.index(chapter) + 1
    path = NOTEBOOKS / f"{number:02}-{chapter.replace('_', '-')}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown" and cell.source.startswith("### Exercise ")]

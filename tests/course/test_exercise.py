"""Exercises: every chapter's texts and judges fit together, and its notebook asks what they judge."""
import re

import pytest
from references.course.exercises import BLOCK, exercise_cells

from autograd_tiny.course.chapters import CHAPTERS
from autograd_tiny.course.exercise import exercises_of, numbered, title_of

PRESENT = [chapter for chapter in CHAPTERS if exercises_of(chapter)]


def test_chapters_are_numbered_from_one():
    assert numbered()[1] == "the_first_gradient" and title_of("one_perceptron") == "One perceptron"


@pytest.mark.parametrize("chapter", PRESENT)
def test_a_chapter_has_four_to_six_exercises_each_with_graded_hints(chapter):
    exercises = exercises_of(chapter)
    assert len(exercises) == 12 if chapter == "self_test" else 4 <= len(exercises) <= 6
    for exercise in exercises:
        assert 2 <= len(exercise.hints) <= 5 and len(set(exercise.hints)) == len(exercise.hints), exercise.title
        assert BLOCK.search(exercise.solution), exercise.title


@pytest.mark.parametrize("chapter", PRESENT)
def test_the_notebook_asks_these_questions_and_holds_no_answer(chapter):
    exercises = exercises_of(chapter)
    expected = [f"### Exercise {at}. {each.title}\n\n{each.question}" for at, each in enumerate(exercises, 1)]
    cells = exercise_cells(chapter)
    assert cells == expected
    for exercise in exercises:
        code = max(BLOCK.findall(exercise.solution), key=len)
        lines = [line for line in code.splitlines() if re.match(r"answer = [^\[\]a-z]*\d", line)]
        assert not any(line.removeprefix("answer = ") in cell for line in lines for cell in cells)

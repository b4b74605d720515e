"""The handout: all questions, and the answers only for whom asks for them."""
import pytest

from autograd_tiny.course import handout
from autograd_tiny.course.__main__ import main
from autograd_tiny.course.chapters import CHAPTERS
from autograd_tiny.course.exercise import exercises_of

ALL = [exercise for chapter in CHAPTERS for exercise in exercises_of(chapter)]


def test_students_get_the_questions_alone(tmp_path):
    handout(tmp_path / "exercises.md")
    written = (tmp_path / "exercises.md").read_text("utf-8")
    assert all(exercise.question in written for exercise in ALL)
    assert not any(exercise.solution in written or exercise.hints[0] in written for exercise in ALL)


def test_teachers_get_hints_and_solutions(tmp_path):
    main(["exercises", str(tmp_path / "answers.md"), "--answers"])
    written = (tmp_path / "answers.md").read_text("utf-8")
    assert all(exercise.solution in written and exercise.hints[-1] in written for exercise in ALL)


def test_a_folder_that_is_not_there(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["exercises", str(tmp_path / "none" / "answers.md")])
    assert "none" in capsys.readouterr().err

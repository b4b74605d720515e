"""The course: exercises that answer back, and an engine of the reader's own that is checked.

The chapters are notebooks. Each begins with `check, hint, solution = exercises(4)`, by the number of the chapter, and
ends with exercises: `check(3, answer)` says whether an answer is right and, where it is not, what is wrong with it;
`hint(3)` helps, each time a little more; `solution(3)` tells. `handout` writes all exercises to one file, for a teacher
with the answers, and `python -m autograd_tiny.course` does the same from the command line, and writes pictures.

Where what is: chapter.py has these three functions. chapters/ has, for each chapter, a file of texts
(one_perceptron.toml) and a module of the same name (one_perceptron.py) with a judge for each exercise: a function of
the answer that returns None if it is right, and else a sentence that helps. answers.py reads answers: numbers,
functions, choices. figures/ has the plots of the chapters. engine_check/ looks at an engine that the reader has
written: `check_engine(Value)` says what is wrong with it. Code of the reader's runs under time_limit.py.
"""
from .chapter import Exercises, exercises
from .engine_check.check import check_engine
from .handout import handout

__all__ = ["Exercises", "check_engine", "exercises", "handout"]

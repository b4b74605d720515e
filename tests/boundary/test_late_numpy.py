"""Without NumPy and other libraries: what does not need them runs, and the rest says what to install."""
import copy
import os
import pickle
import subprocess
import sys

from references.programs.without_libraries import PROGRAM, failures, printed_without_libraries

import autograd_tiny as at
from autograd_tiny.boundary.late_numpy import np


def test_what_needs_no_library_runs_and_the_rest_says_what_it_needs(tmp_path):
    assert failures(printed_without_libraries(PROGRAM, tmp_path), "pip install numpy") == ([], [])
    assert not list(tmp_path.iterdir())


def test_a_star_import_has_what_needs_no_library(tmp_path):
    printed = printed_without_libraries("""
from autograd_tiny import *
import autograd_tiny as at

print("Value" in globals(), "draw" in globals(), "parse" in globals(), "EarlyStopping" in globals())
print("fit" in dir(at), {*at.__all__} == {name for name in at._PUBLIC if name in globals()})
""", tmp_path)
    assert printed.splitlines() == ["True True True False", "True True"]


def test_with_numpy_a_star_import_has_all_names():
    assert at.__all__ == at._PUBLIC and "EarlyStopping" in at.__all__


def test_doctest_and_copies_ask_for_nothing_of_numpy(tmp_path):
    """doctest looks for __wrapped__ in whatever a module has."""
    printed = printed_without_libraries("""
import copy, doctest, pickle
from autograd_tiny.boundary import late_numpy

np = late_numpy.np
print(hasattr(np, "__wrapped__"), doctest.testmod(late_numpy).failed)
print(copy.deepcopy(np) is np, pickle.loads(pickle.dumps(np)) is np)
""", tmp_path)
    assert printed.splitlines() == ["False 0", "True True"]


def test_a_copy_is_the_same_object_once_numpy_is_loaded():
    assert np.float64(1.0) == 1.0
    assert copy.deepcopy(np) is np and pickle.loads(pickle.dumps(np)) is np


def test_a_library_that_numpy_lacks_is_not_called_numpy(tmp_path):
    (tmp_path / "numpy.py").write_text("import a_part_of_numpy")
    code = """
from autograd_tiny.boundary.late_numpy import is_installed, np

for use in (lambda: np.array, is_installed):
    try:
        print(use())
    except ModuleNotFoundError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}, cwd=tmp_path,
    )
    assert done.stdout.splitlines() == ["No module named 'a_part_of_numpy'"] * 2

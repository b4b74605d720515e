"""Without NumPy and other libraries: what does not need them runs, and the rest says what to install."""
from references.programs.without_libraries import PROGRAM, failures, printed_without_libraries


def test_what_needs_no_library_runs_and_the_rest_says_what_it_needs(tmp_path):
    assert failures(printed_without_libraries(PROGRAM, tmp_path), "pip install numpy") == ([], [])
    assert not list(tmp_path.iterdir())

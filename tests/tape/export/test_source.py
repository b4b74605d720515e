"""What exporters get of a tape."""
import pytest
from references.custom import cube

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.export.source import refuse_own_operations


def test_a_source_has_the_names_and_numbers_of_the_tape():
    x, w, b = Value(1.0, "x"), Value(2.0, "w"), Value(3.0)
    source = record(x * w + b, [x]).astype("float32")._source()
    assert source.inputs == ("x",) and source.numbers() == [2.0, 3.0] and source.dtype == "float32"
    assert not source.several and len(source.program.instructions) == 1


@pytest.mark.parametrize("derive", [False, True])
def test_operations_of_ones_own_are_refused_by_name(derive):
    x = Value(1.0, "x")
    tape = record(at.sin(cube(x)), [x])
    program = (tape.gradient() if derive else tape).program
    with pytest.raises(TypeError, match=r"cube is an operation of your own.*translated to C.*Write it as"):
        refuse_own_operations(program, "C")

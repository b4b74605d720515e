"""What exporters get of a tape."""
import pytest
from references.custom import cube

import autograd_tiny as at
from autograd_tiny import Value, operation, record
from autograd_tiny.tape.export.source import check_operations
from autograd_tiny.tape.tape import Tape


def test_a_source_has_the_names_and_numbers_of_the_tape():
    x, w, b = Value(1.0, "x"), Value(2.0, "w"), Value(3.0)
    source = record(x * w + b, [x]).astype("float32")._source()
    assert source.inputs == ("x",) and source.numbers() == [2.0, 3.0] and source.dtype == "float32"
    assert not source.several and len(source.program.instructions) == 1
    assert record(x * w + b, [x])._source("float32").dtype == "float32"


def test_a_frozen_source_computes_the_same_without_parameters():
    x, w, b, unused = Value(1.0, "x"), Value(2.0, "w"), Value(3.0), Value(5.0)
    scale = at.exp(w) * b
    tape = record([x * scale + b, scale, w, x, 7.0 * x * w * w], [x], [w, b, unused])
    w.data = -1.0
    source = tape._source().frozen()
    program = source.program
    again = Tape(program, source.parameters, source.inputs, source.labels, source.several)
    assert not source.parameters and source.names() == source.numbers() == []
    assert again([[2.0], [-3.0]]) == pytest.approx(tape([[2.0], [-3.0]]), rel=1e-15)
    assert again.input_gradients([[2.0]], 4) == pytest.approx(tape.input_gradients([[2.0]], 4), rel=1e-15)
    assert 5.0 not in program.constants and len({*program.constants}) == len(program.constants)
    w.data = 4.0
    assert again([[2.0]])[0, 2] == -1.0


def test_operations_of_the_same_name_are_the_same_or_an_error():
    first, same, other = (operation(f"own(x) = {formula}") for formula in ("x**2", "x ** 2", "x**3"))
    check_operations(record(lambda x: first(x) * same(x * x), 0.5).program, "C")
    with pytest.raises(ValueError, match="the tape has two operations called own: give one of them another name"):
        check_operations(record(lambda x: first(x) + other(x), 0.5).program, "C")


@pytest.mark.parametrize("derive", [False, True])
def test_operations_of_python_functions_are_refused_by_name(derive):
    x = Value(1.0, "x")
    tape = record(at.sin(cube(x)), [x])
    program = (tape.gradient() if derive else tape).program
    with pytest.raises(TypeError, match=r"cube is an operation of Python functions, .*\(\"cube\(x\) = …\"\)"):
        check_operations(program, "C")

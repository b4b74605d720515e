"""Tapes in files: JSON, which is read as data and checked, number by number, before it becomes a program."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from .. import vectors
from ..boundary.files import file_name, write_file
from ..boundary.text import one_line, quoted, shortened, some_of
from ..calculus.c_kernels import numbered
from ..calculus.operations import DOT, LEAF, TAKE, operation_named
from ..engine.custom import FormulaOperation
from ..engine.value import Value
from .export.source import check_operations
from .program import CONSTANT, PER_SAMPLE, Instruction, Program

WITH_KERNELS = {row for _, row in numbered()}
FORMAT, VERSION = "autograd_tiny tape", 1
FIELDS = {"inputs", "parameters", "numbers", "constants", "instructions", "outputs", "several"}
OPTIONAL = {"dtype", "operations"}      # of tapes of float32, and of those with operations of users
SINGLE = "float32"

Loaded = tuple[Program, list[float], list[str], list[str], bool, str]


def save(
    path: str | PathLike[str], program: Program, parameters: Sequence[Value], inputs: Sequence[str],
    labels: Sequence[str], several: bool, dtype: str,
) -> None:
    """Write a program and the data of its parameters, in hexadecimal, so that no digit is lost."""
    check_operations(program, "a file")
    operations = {operation for operation, _ in program.instructions}
    own = {each.name: each.texts for each in operations if type(each) is FormulaOperation}
    contents = {
        "inputs": list(inputs), "parameters": list(labels),
        "numbers": [float(x).hex() for x in vectors.read(parameters)],
        "constants": [x.hex() for x in program.constants],
        "instructions": [[operation.name, *operands] for operation, operands in program.instructions],
        "outputs": program.outputs, "several": several,
        **({"dtype": dtype} if dtype == SINGLE else {}),
        **({"operations": [[*own[name]] for name in sorted(own)]} if own else {}),
    }
    head = {"format": FORMAT, "version": VERSION, "sha256": _checksum(contents)}
    write_file(path, json.dumps(head | contents).encode())


def load(path: str | PathLike[str]) -> Loaded:
    """Read a file that save has written. ValueError for any other."""
    path = file_name(path)
    name = one_line(path)
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        json.dumps(found)                       # raises here if it is nested too deeply for the checksum
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is no tape: it is not JSON ({shortened(error)})") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{name} is no tape: it does not have the format of autograd_tiny's tapes")
    if type(found.get("version")) is not int or found["version"] != VERSION:
        version = quoted(found.get("version"))
        raise ValueError(f"{name} is of version {version}, and this package reads version {VERSION}")
    contents = {key: value for key, value in found.items() if key not in ("format", "version", "sha256")}
    if contents.keys() - OPTIONAL != FIELDS or contents.get("dtype", SINGLE) != SINGLE:
        raise ValueError(f"{name} was changed: {sorted(FIELDS)} are expected in it, got {some_of(sorted(contents))}")
    if found.get("sha256") != _checksum(contents):
        raise ValueError(f"{name} was changed since it was saved, or is damaged: its checksum does not match")
    try:
        return _program(contents)
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} holds no valid tape: {error}") from None


def _checksum(contents: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _program(contents: dict[str, Any]) -> Loaded:
    inputs, labels = (_list_of(str, contents, key) for key in ("inputs", "parameters"))
    numbers, constants = (
        [float.fromhex(x) for x in _list_of(str, contents, key)] for key in ("numbers", "constants")
    )
    if len(numbers) != len(labels):
        raise ValueError(f"there are {len(labels)} parameters, but numbers for {len(numbers)}")
    instructions: list[Instruction] = []
    first, own = len(inputs) + len(labels), _own_operations(contents)
    for line in _list_of(list, contents, "instructions"):
        instructions.append(_instruction(line, own, len(constants), first + len(instructions)))
    outputs = _list_of(int, contents, "outputs")
    _check_slots(outputs, len(constants), first + len(instructions))
    several = contents["several"]
    if type(several) is not bool or not outputs or (len(outputs) > 1 and not several):
        raise ValueError(f"{len(outputs)} outputs do not go with several={quoted(several)}")
    program = Program(len(inputs), len(labels), constants, instructions, outputs)
    for slot, (operation, operands) in enumerate(instructions, first):
        rate = program.rate(slot)
        if rate == CONSTANT or (operation is DOT and not _is_recorded_dot(program, rate, operands)):
            raise ValueError(f"recording makes no {operation.name} of the operands {quoted(operands)}")
    return program, numbers, inputs, labels, several, contents.get("dtype", "float64")


def _own_operations(contents: dict[str, Any]) -> dict[str, FormulaOperation]:
    """Those that a user has defined, by name: their formulas are read as those that are typed."""
    found: dict[str, FormulaOperation] = {}
    for texts in _list_of(list, contents, "operations") if "operations" in contents else ():
        if len(texts) < 2 or not all(type(text) is str for text in texts):
            raise ValueError(f"a definition and a formula for each derivative are expected, got {quoted(texts)}")
        operation = FormulaOperation(*texts)
        if operation.name in found:
            raise ValueError(f"two operations are called {operation.name}")
        found[operation.name] = operation
    return found


def _instruction(line: list[Any], own: dict[str, FormulaOperation], constants: int, slots: int) -> Instruction:
    name, *operands = line
    operation = own.get(name) or operation_named(name)
    if operation not in (DOT, TAKE) and operation not in WITH_KERNELS and type(operation) is not FormulaOperation:
        raise ValueError(f"tapes have no instruction {name}")
    _check_slots(operands, constants, slots)
    least = 2 if operation is TAKE else 1 if operation.is_nary else len(operation.operands)
    if operation is LEAF or len(operands) < least or (not operation.is_nary and len(operands) > least):
        raise ValueError(f"{name} does not take {len(operands)} operands")
    return Instruction(operation, tuple(operands))


def _is_recorded_dot(program: Program, rate: int, operands: Sequence[int]) -> bool:
    """Whether a dot is as recording makes it: weights before inputs, and a bias that is known before."""
    rates, n = [program.rate(x) for x in operands], len(operands) // 2
    left, right, bias = rates[:n], rates[n:-1], rates[-1]
    if len(operands) % 2 == 0 or n == 0 or (rate == PER_SAMPLE and bias == PER_SAMPLE):
        return False
    is_weight = [x != PER_SAMPLE for x in left]
    return rate != PER_SAMPLE or (right == [PER_SAMPLE] * n and is_weight == sorted(is_weight, reverse=True))


def _check_slots(slots: list[Any], constants: int, known: int) -> None:
    """ValueError unless each is a constant or was computed before."""
    for slot in slots:
        if type(slot) is not int or not -constants <= slot < known:
            raise ValueError(f"slot {quoted(slot)} is empty")


def _list_of(kind: type, contents: dict[str, Any], key: str) -> list[Any]:
    found = contents[key]
    if type(found) is not list or not all(type(x) is kind for x in found):
        raise ValueError(f"{key}: a list of {kind.__name__} is expected")
    return found

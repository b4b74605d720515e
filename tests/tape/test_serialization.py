"""Tapes in files: nothing is lost, and a file that was tampered with is an error and nothing else."""
import copy
import hashlib
import json
import math
import random
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.operations import ROWS, comfortable, perform
from references.programs.own_operations import DEFINITIONS, TAMPERED, defined, tape_of
from references.programs.random_graphs import programs
from references.programs.random_tapes import Recorded, special_points
from references.tapes import batch
from references.work import calls_in

import autograd_tiny as at
from autograd_tiny import Tape, Value, nn, operation, record

examples = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def small():
    """A tape with a bit of everything: parameters, constants, operations of many and of a user, several outputs."""
    x, y, w, b = Value(0.5, "x"), Value(2.0, "y"), Value(0.7, "w"), Value(-0.1, "b")
    h = at.tanh(w * x + b * y + 0.25)
    chosen = at.where(at.greater(x, 0.125), x, y)
    own = defined("of two")(h, x)
    return record([at.logsumexp([h, y, 1.5]) * at.exp(w), h**3.0, chosen, own], [x, y])


def saved(tape, path):
    tape.save(path)
    return Tape.load(path)


def bits(tape, xs):
    """Everything that a tape computes at a batch, as bytes."""
    before = [p.grad for p in tape.parameters]
    for p in tape.parameters:
        p.grad = 0.0
    outputs = tape(xs).shape[1] if tape(xs).ndim == 2 else 1
    found = [tape(xs), tape.jacobian(xs), *tape.jvp(xs, np.ones(len(tape.inputs)))]
    found += [np.array(tape.backward(xs, output=k)) for k in range(outputs)]
    found += [np.array([p.grad for p in tape.parameters])]
    for p, each in zip(tape.parameters, before, strict=True):
        p.grad = each
    return b"".join(each.tobytes() for each in found)


def assert_same_tape(loaded, tape, xs):
    assert bits(loaded, xs) == bits(tape, xs)
    assert repr([(p.data, p.label) for p in loaded.parameters]) == (
        repr([(p.data, p.label) for p in tape.parameters])
    )
    assert loaded.inputs == tape.inputs and len(loaded) == len(tape)
    assert loaded.listing() == tape.listing() and str(loaded.cost()) == str(tape.cost())


# ---- there and back

@pytest.mark.parametrize("name", ["tape.json", "straße.tape", "no suffix"])
def test_a_tape_comes_back_bit_for_bit(tmp_path, name):
    tape = small()
    for path in (tmp_path / name, str(tmp_path / name)):
        assert_same_tape(saved(tape, path), tape, batch(300))
    assert [p.name for p in tmp_path.iterdir()] == [name]


@settings(examples, max_examples=40)
@given(programs(most=30), st.data())
def test_random_tapes_come_back_bit_for_bit(tmp_path_factory, program, data):
    tape = Recorded(program, range(1 + data.draw(st.integers(0, len(program.leaves) - 1)))).tape
    xs = special_points(program, 0, 20)[:, : len(tape.inputs)]
    path = tmp_path_factory.getbasetemp() / "random.json"
    assert_same_tape(saved(tape, path), tape, xs)


@pytest.mark.parametrize("name", ROWS)
def test_every_operation_comes_back(tmp_path, name):
    numbers = comfortable(name)[-1]
    leaves = [Value(x) for x in numbers]
    tape = record(perform(name, leaves), leaves)
    loaded = saved(tape, tmp_path / "tape")
    assert bits(loaded, [numbers]) == bits(tape, [numbers])


SPECIAL = [0.0, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 0.1, 1 / 3]


def test_special_numbers_as_constants_and_as_parameters(tmp_path):
    x = Value(1.0)
    parameters = [Value(p, f"p{i}") for i, p in enumerate(SPECIAL)]
    outputs = [*(x * c for c in SPECIAL), *(c / x for c in SPECIAL), *(x * p for p in parameters)]
    tape = record(outputs, x)
    loaded = saved(tape, tmp_path / "tape")
    assert repr([p.data for p in loaded.parameters]) == repr(SPECIAL)
    assert loaded([1.0, -0.0]).tobytes() == tape([1.0, -0.0]).tobytes()


def test_the_parameters_of_a_loaded_tape_are_new(tmp_path):
    model = nn.MLP(2, [3, 1], rng=random.Random(0))
    tape = record(lambda x: model(x), [0.5, 0.25])
    tape.backward(batch(3))
    loaded = saved(tape, tmp_path / "tape")
    assert not set(map(id, loaded.parameters)) & set(map(id, tape.parameters))
    assert all((p.grad, p.reached, p.requires_grad) == (0.0, False, True) for p in loaded.parameters)
    assert [p.label for p in loaded.parameters] == [p.label for p in tape.parameters]
    loaded.parameters[0].data += 1.0
    assert loaded(batch(3)).tolist() != tape(batch(3)).tolist()


def test_the_numbers_at_the_time_of_saving_count(tmp_path):
    x, w = Value(1.0), Value(2.0)
    tape = record(w * x, x)
    w.data = 7.0
    assert saved(tape, tmp_path / "tape")([1.0]).tolist() == [7.0]


def test_labels_of_any_text(tmp_path):
    label = 'ω "quoted" \\ \n\t\u2028 𝛼 {"version": 0} \x00'
    x, w = Value(1.0, label), Value(2.0, label + "2")
    loaded = saved(record(w * x, x), tmp_path / "tape")
    assert loaded.inputs == (label,) and loaded.parameters[0].label == label + "2"


def test_saving_a_loaded_tape_gives_the_same_file(tmp_path):
    small().save(tmp_path / "one")
    Tape.load(tmp_path / "one").save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_file_is_json(tmp_path):
    small().save(tmp_path / "tape")
    assert isinstance(json.loads((tmp_path / "tape").read_text("utf-8")), dict)


def test_operations_of_python_functions_are_not_saved(tmp_path):
    @operation(lambda x, f: 2 * x)
    def square(x):
        return x * x

    x = Value(1.0)
    path = tmp_path / "tape"
    path.write_text("precious")
    with pytest.raises(TypeError, match="square is an operation of Python functions, which a file can't have"):
        record(square(x), x).save(path)
    assert path.read_text() == "precious" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_operations_of_formulas_are_saved_with_their_derivatives(tmp_path, name):
    own = defined(name)
    tape = tape_of(own)
    loaded = saved(tape, tmp_path / "tape")
    assert loaded.program == tape.program and loaded.program.instructions[0].operation == own
    sample = batch(1, len(own.operands))
    assert loaded.hessian(sample).tolist() == tape.hessian(sample).tolist()
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "tape").read_bytes()


def test_operations_of_formulas_are_in_the_order_of_their_names_whatever_the_run(tmp_path):
    own = [operation(f"{name}(x) = x / {k}") for k, name in enumerate("dbeca", 1)]
    record(lambda x: [f(x) for f in own], 0.5).save(tmp_path / "tape")
    found = json.loads((tmp_path / "tape").read_text("utf-8"))["operations"]
    assert [texts[0][0] for texts in found] == [*"abcde"] and found[0] == ["a(x) = x / 5", "1 / 5"]


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        Tape.load(tmp_path / "missing")
    with pytest.raises(OSError):
        small().save(tmp_path / "missing" / "tape")


# ---- files that were tampered with

@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tampered") / "tape"


@pytest.fixture(scope="module")
def content(path):
    small().save(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def document(content):
    return json.loads(content)


def write(path, document):
    """With the check sum of what is in it now, unless that itself was replaced: an attacker would do so too."""
    if isinstance(document, dict) and re.fullmatch("[0-9a-f]{64}", str(document.get("sha256"))):
        contents = {key: x for key, x in document.items() if key not in ("format", "version", "sha256")}
        text = json.dumps(contents, sort_keys=True).encode()
        document = document | {"sha256": hashlib.sha256(text).hexdigest()}
    path.write_text(json.dumps(document), "utf-8")


def is_refused(path):
    """Whether loading ends in a ValueError; else the tape must be sound: it runs, and can be looked at."""
    try:
        tape = Tape.load(path)
    except ValueError as error:
        assert str(error)
        return True
    n = len(tape.inputs)
    assert n < 1000 and all(type(name) is str for name in tape.inputs)
    xs = np.linspace(-1.0, 2.0, 3 * n).reshape(3, n)
    values = tape(xs)
    assert values.dtype == np.float64 and len(values) == 3
    assert tape.jacobian(xs).shape == (*values.shape, n)
    assert all(type(p) is Value and type(p.data) is float for p in tape.parameters)
    if values.size:
        tape.backward(xs)
    assert repr(tape) and isinstance(tape.listing(), str) and str(tape.cost())
    return False


def spots(document, spot=()):
    """The way to each part of the document, as keys and indices."""
    yield spot
    if isinstance(document, dict | list):
        keys = document if isinstance(document, dict) else range(len(document))
        for key in keys:
            yield from spots(document[key], (*spot, key))


def at_spot(document, spot):
    for key in spot:
        document = document[key]
    return document


def replaced(document, spot, new):
    """A copy in which the part at a spot is another one."""
    if not spot:
        return new
    changed = copy.deepcopy(document)
    at_spot(changed, spot[:-1])[spot[-1]] = new
    return changed


JUNK = [
    None, True, False, -1, 0, 1, 2, 7, 1000, 10**6, 2**31, 2**63, -(2**63), 10**30, 10**400, 0.5, -1.5, 1e308,
    math.nan, math.inf, "", "0", "1", "add", "nothing", "nan", "inf", "__import__('os').abort()", [],
    [[]], {}, [0], [1, 2], {"a": 1}, [None], "\ud800", "x" * 10000, [0] * 10000,
]


def test_the_document_itself_is_accepted(path, document):
    write(path, document)
    assert not is_refused(path)


def test_every_part_replaced_by_junk(path, document):
    everywhere = list(spots(document))
    rng = random.Random(0)
    for spot in everywhere if len(everywhere) < 150 else rng.sample(everywhere, 150):
        for junk in rng.sample(JUNK, 12):
            write(path, replaced(document, spot, junk))
            is_refused(path)


@pytest.mark.parametrize("junk", [junk for junk in JUNK if type(junk) is not dict])
def test_junk_as_the_whole_document(path, junk):
    write(path, junk)
    assert is_refused(path)


def test_every_whole_number_replaced_by_others(path, document):
    """Operands beyond the end, before the beginning, and those that come later: a cycle."""
    for spot in spots(document):
        old = at_spot(document, spot)
        if type(old) is int:
            for new in (old + 1, old - 1, -old, old + 1000, -1, 2**31, 2**32, 2**63, 2**64, 10**400):
                write(path, replaced(document, spot, new))
                is_refused(path)
            for new in (str(old), [old], None, 2.0**70, old + 0.5):
                write(path, replaced(document, spot, new))
                assert is_refused(path), (spot, new)


def test_unknown_operations(path, document):
    named = [spot for spot in spots(document) if at_spot(document, spot) in list(ROWS)]
    for spot in named:
        for new in ("nothing", "leaf", "__class__", "exp ", "EXP", "eval", "", "x + y", "square"):
            write(path, replaced(document, spot, new))
            assert is_refused(path), (spot, new)


def test_keys_more_or_less(path, document):
    for spot in spots(document):
        old = at_spot(document, spot)
        if isinstance(old, dict):
            write(path, replaced(document, spot, old | {"extra": 1}))
            assert is_refused(path), spot
            for key in old:
                write(path, replaced(document, spot, {k: v for k, v in old.items() if k != key}))
                assert is_refused(path), (spot, key)


def test_lists_longer_or_shorter(path, document):
    for spot in spots(document):
        old = at_spot(document, spot)
        if isinstance(old, list):
            for new in (old[:-1], old[1:], old + old[-1:], old + old, old[::-1], [*old, None], []):
                write(path, replaced(document, spot, new))
                is_refused(path)


@pytest.mark.parametrize("version", [0, 2**40, -1, 1.5, "1", None, [1], True])
def test_other_versions(path, document, version):
    keys = [key for key in document if "version" in key or "format" in key]
    assert keys
    for key in keys:
        if document[key] != version or type(document[key]) is not type(version):
            write(path, document | {key: version})
            with pytest.raises(ValueError, match=r"(?i)version|format"):
                Tape.load(path)


@examples
@given(st.data())
def test_several_changes_at_once(path, document, data):
    changed = document
    for _ in range(data.draw(st.integers(1, 4))):
        everywhere = list(spots(changed))
        spot = data.draw(st.sampled_from(everywhere))
        other = at_spot(changed, data.draw(st.sampled_from(everywhere)))
        json_number = st.integers(-3, 20) | st.integers() | st.floats()
        new = data.draw(json_number | st.sampled_from(JUNK) | st.text(max_size=5) | st.just(other))
        changed = replaced(changed, spot, new)
    write(path, changed)
    is_refused(path)


@examples
@given(st.data())
def test_bytes_changed(path, content, data):
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(changed)
    is_refused(path)


def test_truncated_files(path, content):
    body = content.rstrip()
    for length in {*range(0, len(body), max(1, len(body) // 200)), len(body) - 1}:
        path.write_bytes(body[:length])
        assert is_refused(path), length


@pytest.mark.parametrize("text", [
    b"", b"\x00" * 100, b"\xff\xfe{}", b"\x80\x04N.", b"[" * 100_000, b'{"a":' * 100_000, b"{} {}",
    b"nonsense", b"9" * 10_000, "{}".encode("utf-16"), b"PK\x03\x04",
], ids=["empty", "zeros", "utf-16 mark", "a pickle", "deep lists", "deep dicts", "two documents", "nonsense",
        "a long number", "utf-16", "a zip file"])
def test_other_files(path, text):
    path.write_bytes(text)
    assert is_refused(path)


def test_the_same_key_twice(path, content):
    key = next(iter(json.loads(content)))
    path.write_bytes(content.replace(b"{", b"{" + json.dumps(key).encode() + b": 17, ", 1))
    is_refused(path)


def test_nothing_is_executed(path, document, tmp_path):
    """Code in the place of every string and every key."""
    witness = tmp_path / "witness"
    codes = [f"open({str(witness)!r}, 'w')", f"__import__('pathlib').Path({str(witness)!r}).touch()",
             f"{{open({str(witness)!r}, 'w')}}", f"$(touch {witness})", f"*/ system(\"touch {witness}\"); /*"]
    for spot in spots(document):
        old = at_spot(document, spot)
        for code in codes:
            if isinstance(old, str):
                write(path, replaced(document, spot, code))
                is_refused(path)
            elif isinstance(old, dict):
                write(path, replaced(document, spot, {code if i == 0 else key: value
                                                      for i, (key, value) in enumerate(old.items())}))
                is_refused(path)
    assert not witness.exists()


@pytest.mark.parametrize("instruction", [
    ["dot", 0], ["dot", 0, 2, -1], ["dot", 2, 0, 0], ["dot", 0, 1, 2, 1, -1], ["dot", 2, 0, 0, 2, -1],
    ["exp", -1], ["dot", -1, -1, -1], ["sum", 0, 1], ["mean", 0, 1], ["leaf"], ["add", 0], ["relu", 0, 1],
    ["where", 0, 1],
])
def test_instructions_that_no_recording_makes(path, instruction):
    """The file is whole, its checksum too: but the kernels rely on how instructions are built."""
    w, b, x, y = (Value(float(i), name) for i, name in enumerate("wbxy", 1))
    record(w * x + b * y + 2.0, [x, y]).save(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["instructions"] = [instruction]
    write(path, document)
    with pytest.raises(ValueError, match="no valid tape"):
        Tape.load(path)


@pytest.mark.parametrize("name", TAMPERED)
def test_operations_that_are_none_are_refused(path, name):
    record(operation("softsign(x) = x / (1 + abs(x))"), 0.5).save(path)
    write(path, json.loads(path.read_text("utf-8")) | {"operations": TAMPERED[name]})
    with pytest.raises(ValueError, match="holds no valid tape"):
        Tape.load(path)


def test_a_save_that_fails_leaves_nothing_behind(tmp_path):
    x = Value(1.0)
    tmp_path.joinpath("taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        record(x * 2.0, x).save(tmp_path / "taken")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_saving_to_odd_places(tmp_path):
    x = Value(1.0)
    tape = record(x * 2.0, x)
    tape.save(tmp_path / ("a" * 250))
    assert Tape.load(tmp_path / ("a" * 250))([3.0]).tolist() == [6.0]
    (tmp_path / "real").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    tape.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and Tape.load(tmp_path / "real")([3.0]).tolist() == [6.0]


def test_saving_to_one_place_from_several_threads(tmp_path):
    x = Value(1.0)
    tape = record(x * 2.0, x)
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(tape.save, [tmp_path / "tape"] * 100)] == [None] * 100
    assert Tape.load(tmp_path / "tape")([3.0]).tolist() == [6.0]


# ---- the work that a file can ask for

FILES = {
    "a chain": lambda n: {"instructions": [["mul", 0, 1]] + [["tanh", 2 + k] for k in range(n)], "outputs": [n + 2]},
    "one of many operands": lambda n: {"instructions": [["max", *[0, 1] * n]]},
    "a long dot": lambda n: {"instructions": [["dot", *[1] * n, *[0] * n, 1]]},
    "many dots": lambda n: {"instructions": [["dot", 1, 1, 0, 0, 1]] * n},
    "many outputs": lambda n: {"instructions": [["mul", 0, 1]], "outputs": [2] * n, "several": True},
    "many constants": lambda n: {"instructions": [["mul", 0, -n]], "constants": ["0x1p+0"] * n},
}


@pytest.mark.parametrize("kind", FILES)
def test_the_work_of_loading_is_in_proportion_to_the_file(kind, tmp_path):
    work = []
    for n in (200, 800):
        path = tmp_path / f"{n}.json"
        contents = {
            "inputs": ["x"], "parameters": ["w"], "numbers": ["0x1p-1"], "constants": [], "outputs": [2],
            "several": False, **FILES[kind](n),
        }
        text = json.dumps(contents, sort_keys=True)
        head = {"format": "autograd_tiny tape", "version": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        path.write_text(json.dumps(head | contents), encoding="utf-8")
        work.append(calls_in(lambda path=path: Tape.load(path).listing()))
    assert work[1] < 5 * work[0]                            # a square would be 16 times the work

"""Names come from outside: nothing in them reaches a terminal, a page or a picture unescaped, or fills a message."""
import hashlib
import json
import random
import re
import types
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn, operation, optim, textbook

HOSTILE = {
    "a terminal's": "red\x1b[31m\x07\x9b2J\x08", "null": "a\0b", "a surrogate": "a\ud800b",
    "a direction": "abc\u202efed",
    "markup": "</title></script><svg onload=alert(1)>&\"'", "lines": "a\nb\r\nc\x85d\u2028e", "long": "x" * 100_000,
    "a noncharacter": "a\ufffe\uffffb",
}
X, Y = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], [1.0, 0.0, 0.5]
LONGEST = 2_000             # characters of a line


def squared(x):
    return x[next(iter(x))] ** 2 if isinstance(x, dict) else x * x


def named(name, function=squared):
    """A function of that name."""
    copy = types.FunctionType(function.__code__, function.__globals__, name, closure=function.__closure__)
    copy.__qualname__ = name
    return copy


def graph(name):
    with at.scope(name.replace(".", "")):
        x, y = Value(-0.5, name), Value(2.0, f"{name}2")
        out = at.tanh(x * y) + operation(lambda x, f: 2 * x)(named(name))(x)
    out.label = name
    out.backward()
    return out


def without_own_operations(name):
    with at.scope(name.replace(".", "")):
        return at.tanh(Value(-0.5, name) * Value(2.0, f"{name}2"))


def textbooks(name, op="*"):
    """A graph of the textbook, whose last operation may have a name, too."""
    x = textbook.Value(0.5, label=name)
    out = x * x.tanh()
    out.label, out._op = name, op
    return out


def failing(name):
    """One of which a step fails, of a class of that name with a repr of its own."""
    kind = type(name.replace("\0", "").encode("utf-8", "replace").decode(), (textbook.Value,), {})
    kind.__repr__ = lambda x: name
    out = kind(1.0, [kind(2.0)], name)

    def fail():
        raise ValueError(name)

    out._backward = fail
    return out


def network(name):
    return nn.Network([(name, f"{name}h"), (f"{name}h", "o"), (name, "o")], rng=random.Random(1))


def module(name):
    found = nn.Sequential(network(name), named(name), nn.Neuron(1, named(name)))
    found.extra = {name: Value(1.0)}
    found.part = type(name.replace("\0", "").encode("utf-8", "replace").decode(), (nn.Module,), {})()
    return found


def history(name):
    found = at.fit(
        nn.Neuron(2, rng=random.Random(1)), X, Y, "mse", epochs=2, metrics=[named(name, lambda o, t: o)], seed=1,
        progress=False,
    )
    found.stopped = name
    return found


def tape(name):
    x, w = Value(0.5, name), Value(2.0, f"{name}w")
    return at.record(x * w + operation(lambda x, f: 2 * x)(named(name))(x), [x])


def not_finite(name):
    with at.scope(name.replace(".", "")):
        return at.log(Value(0.0, name)) * Value(1.0, name)


TEXTS = {
    "a Value": lambda name: repr(graph(name)),
    "a network": lambda name: repr(network(name)),
    "a module": lambda name: repr(module(name)),
    "a History": lambda name: repr(history(name)),
    "an explanation": lambda name: str(explained(name)),
    "an explanation in LaTeX": lambda name: explained(name).latex,
    "its paths": lambda name: repr(explained(name).paths),
    "a ranking": lambda name: str(at.explain(graph(name))),
    "a ranking of the textbook's": lambda name: str(at.explain(textbooks(name, name))),
    "an explanation of the textbook's": lambda name: str(explained_textbook(name)),
    "a tree of the textbook's": lambda name: at.draw(textbooks(name, name)).tree,
    "a tree": lambda name: at.draw(graph(name)).tree,
    "a folded tree": lambda name: at.draw(graph(name), depth=1).tree,
    "a table": lambda name: str(at.draw(graph(name)).table),
    "a flowchart": lambda name: at.draw(graph(name)).mermaid,
    "a graph in dot": lambda name: at.draw(graph(name)).source,
    "a network in dot": lambda name: at.draw(network(name)).source,
    "a picture": lambda name: repr(at.draw(graph(name))),
    "a picture of a network": lambda name: repr(at.draw(network(name))),
    "a film": lambda name: repr(at.play(graph(name))),
    "the steps of a film": lambda name: "\n".join(step.says for step in at.play(graph(name)).film.steps),
    "the steps of a folded film": lambda name: "\n".join(
        step.says for step in at.play(graph(name), depth=1).film.steps
    ),
    "a diagnosis": lambda name: str(diagnosis(name)),
    "the repr of a diagnosis": lambda name: repr(diagnosis(name)),
    "an origin": lambda name: str(at.diagnose(not_finite(name))),
    "a check": lambda name: str(at.check_gradients(named(name), {name: 0.5})),
    "a comparison": lambda name: str(at.compare_modes(named(name), 0.5)),
    "a tape": lambda name: repr(tape(name)),
    "a listing": lambda name: tape(name).listing(),
    "an operation": lambda name: str(operation(lambda x, f: 2 * x)(named(name))(Value(1.0)).op),
}
PICTURES = {
    "a graph": lambda name: at.draw(graph(name)).svg,
    "a folded graph": lambda name: at.draw(graph(name), depth=1).svg,
    "a graph of the textbook": lambda name: at.draw(textbooks(name, name)).svg,
    "a network": lambda name: at.draw(network(name)).svg,
    "a comparison of modes": lambda name: at.compare_modes(named(name), {name: 0.5}).draw().svg,
    "a history": lambda name: history_svg(history(name)),
    "a confusion matrix": lambda name: confusion(name),
}
PAGES = {
    "a film": lambda name: at.play(graph(name)).html,
    "a film of the textbook's": lambda name: at.play(textbooks(name, name)).html,
    "an explanation of the textbook's": lambda name: explained_textbook(name)._repr_html_(),
    "a graph of the textbook to explore": lambda name: at.explore(textbooks(name)).html,
    "a folded film": lambda name: at.play(graph(name), depth=1).html,
    "a film of a training": lambda name: at.play(network(name), [0.5], [1.0], steps=2).html,
    "a diagnosis": lambda name: diagnosis(name).page.html,
    "an explanation": lambda name: explained(name)._repr_html_(),
    "a ranking": lambda name: at.explain(graph(name))._repr_html_(),
    "an origin": lambda name: at.diagnose(not_finite(name))._repr_html_(),
    "a table": lambda name: at.draw(graph(name)).table._repr_html_(),
    "a check": lambda name: at.check_gradients(named(name), {name: 0.5})._repr_html_(),
    "a comparison": lambda name: at.compare_modes(named(name), 0.5)._repr_html_(),
    "a film in a notebook": lambda name: at.play(graph(name))._repr_html_(),
    "a graph to explore": lambda name: at.explore(without_own_operations(name)).html,
    "a folded graph to explore": lambda name: at.explore(without_own_operations(name), depth=1).html,
}


def explained(name):
    output = graph(name)
    return at.explain(output, at.topological_order(output)[0])


def explained_textbook(name):
    output = textbooks(name, name)
    return at.explain(output, output._prev[0])


def diagnosis(name):
    rng = random.Random(1)
    return at.diagnose(nn.Sequential(nn.Layer(2, 2, rng=rng), nn.Neuron(2, named(name), rng=rng)), X, Y, "mse")


def history_svg(found):
    from autograd_tiny.training.curves import history_svg

    return history_svg(found)


def confusion(name):
    import io

    import matplotlib
    from matplotlib.figure import Figure

    figure, text = Figure(), io.StringIO()
    at.plot_confusion_matrix([name, "b"], ["b", name], ax=figure.subplots())
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(text, format="svg")
    return text.getvalue()[text.getvalue().index("<svg"):]


def assert_harmless(text):
    text.encode("utf-8")
    assert not re.search("[^\t\n -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("shows", TEXTS)
def test_a_name_in_a_text_is_harmless(shows, hostile):
    text = TEXTS[shows](HOSTILE[hostile])
    assert_harmless(text)
    assert max(map(len, text.splitlines())) < LONGEST


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("shows", PICTURES)
def test_a_name_in_a_picture_is_harmless(shows, hostile):
    svg = PICTURES[shows](HOSTILE[hostile])
    assert_harmless(svg)
    root = ElementTree.fromstring(svg)
    assert all("onload" not in element.attrib for element in root.iter()) and len(svg) < 200_000


class Tags(HTMLParser):
    """The tags of a page, and their attributes."""

    def __init__(self, page):
        super().__init__()
        self.attributes = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.attributes += [name for name, _ in attributes]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("shows", PAGES)
def test_a_name_in_a_page_is_harmless(shows, hostile):
    page = PAGES[shows](HOSTILE[hostile])
    assert_harmless(page)
    assert "onload" not in Tags(page).attributes and len(page) < 200_000


# ---- errors

V = Value(1.0)


def anomaly(name):
    with at.detect_anomaly():
        not_finite(name)


def anomaly_of_an_operation(name):
    with at.detect_anomaly():
        operation(lambda x, f: 2 * x)(named(name, lambda x: float("inf")))(Value(1.0, name))


def outdated(name):
    x = Value(1.0, name)
    out = x * x
    x.data = 2.0
    at.gradients(out, x, create_graph=True)


def fitted(**options):
    return at.fit(nn.Neuron(2), X, Y, **({"loss": "mse", "epochs": 1, "progress": False} | options))


def neuron(name):
    found = nn.Neuron(3)
    found.name = name
    return found


ERRORS = {
    "a value that is text": lambda name: Value(name),
    "an operand that is text": lambda name: at.exp(name),
    "requires_grad": lambda name: setattr(Value(1.0, name) * 2.0, "requires_grad", name),
    "a truth value": lambda name: float(Value(1.0, name)),
    "no gradient": lambda name: Value(1.0, name, requires_grad=False).backward(),
    "an outdated graph": outdated,
    "an anomaly": anomaly,
    "an anomaly of an operation": anomaly_of_an_operation,
    "derivatives of an operation": lambda name: operation(abs, abs)(named(name)),
    "an operation with defaults": lambda name: operation(abs)(named(name, lambda x=1: x)),
    "an expression": lambda name: at.parse(name),
    "a name in an expression": lambda name: at.parse("a" * len(name)),
    "a function in an expression": lambda name: at.parse("a" * len(name) + "(1)"),
    "a value of an expression": lambda name: at.parse("1", **{name: 1.0}),
    "rankdir": lambda name: at.draw(V, rankdir=name),
    "color": lambda name: at.draw(V, color=name),
    "theme": lambda name: at.draw(V, theme=name),
    "fold": lambda name: at.draw(graph("x"), fold=name),
    "highlight": lambda name: at.draw(V, highlight=name),
    "the root of a picture": lambda name: at.draw(name),
    "a Value in a picture": lambda name: at.draw(graph("x"), highlight=Value(1.0, name)),
    "the file of a picture": lambda name: at.draw(V).save(name),
    "the file of a film": lambda name: at.play(V).save(name),
    "a film": lambda name: at.play(name),
    "an expression to explore": lambda name: at.explore(name),
    "an operation to explore": lambda name: at.explore(graph(name)),
    "an operation of the textbook's to explore": lambda name: at.explore(textbooks(name, name)),
    "a step of another class": lambda name: at.draw(failing(name)),
    "the operands of another class": lambda name: at.draw(textbook.Value(1.0, [name], name)),
    "a leaf of the textbook": lambda name: at.explain(textbooks(name), textbook.Value(1.0, label=name)),
    "a name to explore": lambda name: at.explore(V, **{name: 1.0}),
    "the color of a diagram": lambda name: at.network_diagram(nn.Neuron(1), color=name),
    "an explanation": lambda name: at.explain(Value(1.0, name), Value(2.0, name)),
    "an explanation of text": lambda name: at.explain(name),
    "an activation": lambda name: nn.Neuron(2, name),
    "an initialiser": lambda name: nn.Neuron(2, init=name),
    "an edge": lambda name: nn.Network([(name, 3)]),
    "edges of one name": lambda name: nn.Network([name]),
    "a cycle": lambda name: nn.Network([(name, "b"), ("b", name)]),
    "an edge twice": lambda name: nn.Network([(name, "b"), (name, "b")]),
    "an input": lambda name: nn.Network([("a", "b")], inputs=[name]),
    "inputs": lambda name: nn.Network([(name, "b"), (f"{name}2", "b")], inputs=["b"]),
    "the activation of a unit": lambda name: nn.Network([("a", "b")], activations={name: "tanh"}),
    "inputs of a network": lambda name: nn.Network([(name, "b"), (f"{name}2", "b")])([1.0]),
    "inputs of a neuron": lambda name: neuron(name)([1.0, 2.0]),
    "a layer": lambda name: nn.Sequential(name),
    "a state": lambda name: nn.Neuron(2).load_state_dict({name: 1.0}),
    "an entry of a state": lambda name: nn.Neuron(2).load_state_dict({"w": name, "b": 1.0}),
    "a file of a model": lambda name: nn.load(name.replace("\0", "")[:200]),
    "a file of a tape": lambda name: at.Tape.load(name.replace("\0", "")[:200]),
    "a loss": lambda name: fitted(loss=name),
    "an optimiser": lambda name: fitted(optimizer=name),
    "a metric": lambda name: fitted(metrics=[name]),
    "a metric that fails": lambda name: fitted(metrics=[named(name, lambda o, t: name)]),
    "two metrics": lambda name: fitted(metrics=[named(name), named(name)]),
    "targets": lambda name: at.fit(nn.Neuron(2), X, [name] * 3, "mse", epochs=1, progress=False),
    "inputs that are text": lambda name: at.fit(nn.Neuron(2), [[name, name]] * 3, Y, "mse", epochs=1, progress=False),
    "what early stopping watches": lambda name: fitted(early_stopping=at.EarlyStopping(monitor=name)),
    "the mode of early stopping": lambda name: at.EarlyStopping(mode=name),
    "a callback": lambda name: fitted(callbacks=[name]),
    "a model": lambda name: at.fit(name, X, Y, "mse"),
    "the state of an optimiser": lambda name: optim.SGD([V]).load_state_dict({name: 1.0}),
    "the kind of an optimiser": lambda name: optim.SGD([V]).load_state_dict(
        optim.SGD([V]).state_dict() | {"optimizer": name}
    ),
    "a learning rate": lambda name: optim.SGD([V], lr=name),
    "parameters": lambda name: optim.SGD([name]),
    "a parameter twice": lambda name: optim.SGD([Value(1.0, name)] * 2),
    "a computed parameter": lambda name: optim.SGD([Value(1.0, name) * 2.0]),
    "a history": lambda name: history("loss")[name],
    "a batch of a tape": lambda name: tape(name)([[1.0, 2.0, 3.0]]),
    "a batch of text": lambda name: tape("x")([[name]]),
    "an output of a tape": lambda name: tape("x").backward([[1.0]], output=name),
    "threads of a tape": lambda name: tape("x")([[1.0]], threads=name),
    "a tape of an operation": lambda name: tape(name).save("never.json"),
    "a tape of text": lambda name: at.record(name),
    "a leaf twice": lambda name: at.record(V * 2.0, [Value(1.0, name)] * 2),
    "a branch in a tape": lambda name: at.record(named(name, lambda x: x if x > 0 else -x), 1.0),
    "a function of text": lambda name: at.grad(named(name, lambda x: "text"))(1.0),
    "a result that is text": lambda name: at.grad(lambda x: name)(1.0),
    "an argument that is text": lambda name: at.grad(squared)(name),
    "an argument of another number": lambda name: at.grad(named(name), 3)(1.0),
    "a mode": lambda name: at.grad(squared, mode=name)(1.0),
    "an input of a comparison": lambda name: at.compare_modes(named(name), 0.5).draw(input=7),
    "classes": lambda name: at.plot_confusion_matrix([name, "b"], ["b", name], labels=["b"]),
    "class labels": lambda name: at.plot_decision_regions(nn.Neuron(2), X, [name, "b", "c"]),
}


def said_by(function, *arguments):
    """The message of the error that a function raises."""
    try:
        function(*arguments)
    except Exception as error:
        return str(error.args[0]) if isinstance(error, KeyError) else str(error)
    return pytest.fail("no error")


def assert_harmless_and_short(said):
    assert_harmless(said)
    assert len(said) < 1_000


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("of", ERRORS)
def test_a_name_in_an_error_is_harmless_and_short(of, hostile):
    assert_harmless_and_short(said_by(ERRORS[of], HOSTILE[hostile]))


def loaded(name, architecture, path):
    """A model from a file with another name in it."""
    safetensors = pytest.importorskip("safetensors.numpy")
    name = name.encode("utf-8", "replace").decode()
    text = json.dumps(architecture(name), ensure_ascii=False)
    metadata = {"format": "autograd_tiny", "architecture": text}
    path.write_bytes(safetensors.save({name: np.zeros(2)}, metadata=metadata))
    return nn.load(path)


ARCHITECTURES = {
    "class": lambda name: {"class": name, "arguments": {}},
    "argument": lambda name: {"class": "Neuron", "arguments": {name: 1}},
    "value": lambda name: {"class": "Neuron", "arguments": {"nin": name}},
    "activation": lambda name: {"class": "Neuron", "arguments": {"nin": 1, "activation": name}},
    "unit": lambda name: {"class": "Network", "arguments": {"edges": [[name, "o"]], "inputs": ["o"]}},
    "fitting": lambda name: {"class": "Neuron", "arguments": {"nin": 1, "activation": "relu", "bias": False}},
}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("where", ARCHITECTURES)
def test_a_name_from_the_file_of_a_model_is_harmless_and_short_in_an_error(where, hostile, tmp_path):
    path = tmp_path / "model.safetensors"
    assert_harmless_and_short(said_by(loaded, HOSTILE[hostile], ARCHITECTURES[where], path))


TAPES = {
    "an operation": lambda name: {"instructions": [[name, 0, 1]]},
    "a field": lambda name: {name: 1},
    "a slot": lambda name: {"instructions": [["mul", 0, name]]},
    "a number": lambda name: {"numbers": [name]},
    "several": lambda name: {"several": name},
}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("where", TAPES)
def test_a_name_from_the_file_of_a_tape_is_harmless_and_short_in_an_error(where, hostile, tmp_path):
    name, path = HOSTILE[hostile], tmp_path / "tape.json"
    contents = {
        "inputs": [name], "parameters": [name], "numbers": ["0x1p-1"], "constants": [],
        "instructions": [["mul", 0, 1]], "outputs": [2], "several": False, **TAPES[where](name),
    }
    sum_of_it = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    head = {"format": "autograd_tiny tape", "version": 1, "sha256": sum_of_it}
    path.write_text(json.dumps(head | contents), encoding="utf-8")
    assert_harmless_and_short(said_by(at.Tape.load, path))


def test_messages_that_list_names_list_a_few():
    edges = [(f"x{k}", "o") for k in range(10_000)]
    network = nn.Network(edges)
    for wrong in (
        lambda: nn.Network(edges, inputs=["y"]), lambda: network([1.0]),
        lambda: nn.Network(edges, activations={"y": "tanh"}),
        lambda: network.load_state_dict({}), lambda: network.load_state_dict({f"y{k}": 1.0 for k in range(10_000)}),
        lambda: at.record(lambda *xs: at.sum(xs), *[1.0] * 10_000)([[1.0]]),
        lambda: nn.Network([(f"u{k}", f"u{(k + 1) % 5_000}") for k in range(5_000)]),
        lambda: nn.Network(edges, inputs=[f"x{k}" for k in range(10_000)] * 2),
    ):
        assert len(said_by(wrong)) < 1_000
    assert len(repr(network)) < 1_000

"""A scene as a flowchart in the language of Mermaid, for Markdown files."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ...engine.value import Value
from ..names import plain
from ..wording import counted
from .folding import Fold, around
from .scene import Inputs, Scene, Thing, sign_of

# what means something to Mermaid, to HTML or to Markdown, there also the beginnings of lists: "1. ", "- "
MEANINGFUL = re.compile(r"""["'`#&<>\\\[\](){}|;:*_~$%^@]|\.(?= )|[-+](?= )""")
DEEPEST = 12                # levels of indentation


def mermaid(scene: Scene, rankdir: str) -> str:
    """The flowchart: a box for each value, a circle for each operation, local gradients on the edges.

    Folded modules are boxes with doubled sides; where there are some, the others are subgraphs.
    """
    return "\n".join([f"flowchart {rankdir}", *_boxes(scene), *_edges(scene)]) + "\n"


def _boxes(scene: Scene) -> Iterable[str]:
    """The nodes, those of a module inside its subgraph."""
    children: dict[str, list[str]] = {"": []}
    nodes: dict[str, list[str]] = {"": []}
    for thing in scene.things:
        home = scene.home(thing) if scene.folding.folds else ""
        for path in around(home) if home else ():
            if path not in nodes:
                nodes[path], children[path] = [], []
                children[path.rpartition(".")[0]].append(path)
        nodes[home] += _nodes(scene, thing)
    waiting: list[tuple[str | None, int]] = [("", 0)]
    number = 0
    while waiting:
        module, level = waiting.pop()
        if module is None:
            yield _indentation(level) + "end"
            continue
        if module:
            yield _indentation(level) + f'subgraph s{number}["{escaped(plain(module.rpartition(".")[2]))}"]'
            number += 1
            waiting.append((None, level))
        yield from (_indentation(level + 1) + node for node in nodes[module])
        waiting += [(child, level + 1) for child in reversed(children[module])]


def _indentation(level: int) -> str:
    return "    " * min(level, DEEPEST)


def _nodes(scene: Scene, thing: Thing) -> Iterable[str]:
    name = scene.id_of(thing)
    if isinstance(thing, Fold):
        values, gradients = scene.outputs(thing)
        yield f'{name}[["{_label(*scene.lines(thing), values, gradients and f"∂ {gradients}")}"]]'
        return
    if isinstance(thing, Inputs):
        values = scene.numbers([scene.data[value] for value in thing.values])
        yield f'{name}["{_label(counted(len(thing.values), "input"), values)}"]'
        return
    number, gradient = scene.number(scene.data[thing]), scene.gradient(thing)
    yield f'{name}["{_label(scene.headline(thing), number, gradient and f"∂ {gradient}")}"]'
    if thing.operands:
        yield f'op{scene.place[thing]}(("{_label(sign_of(thing.operation))}"))'
    for k, constant in scene.constants(thing):
        yield f'c{scene.place[thing]}_{k}("{_label(scene.number(constant))}")'


def _edges(scene: Scene) -> Iterable[str]:
    for thing in scene.things:
        sources, name = scene.sources(thing), scene.id_of(thing)
        head = f"op{scene.place[thing]}" if isinstance(thing, Value) else name
        for source, number in sources.items():
            many = isinstance(source, Inputs) or (isinstance(source, Fold) and number > 1)
            if many or not isinstance(thing, Value):
                label = f'|"{counted(number, "value")}"|' if many else ""
                yield f"    {scene.id_of(source)} -->{label} {head}"
                continue
            for k, operand in enumerate(thing.operands):
                if isinstance(operand, Value) and scene.shown(operand) is source:
                    slope = _label(scene.number(thing.local_grads[k]))
                    yield f'    {scene.id_of(source)} -->|"{slope}"| {head}'
        if isinstance(thing, Value) and thing.operands:
            yield from (f"    c{name[1:]}_{k} --> {head}" for k, _ in scene.constants(thing))
            yield f"    {head} --> {name}"


def _label(*lines: str) -> str:
    return "<br>".join(escaped(line) for line in lines if line)


def escaped(text: str) -> str:
    """A text that means itself in a label between quotes."""
    return MEANINGFUL.sub(lambda found: f"#{ord(found[0])};", text)

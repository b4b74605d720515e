"""A scene as a flowchart in the language of Mermaid, for Markdown files."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ...engine.value import Value
from ..names import plain
from ..wording import counted
from .arguments import depths_where
from .folding import Fold
from .module_paths import prefixes
from .scene import Box, Inputs, Scene, sign_of

# characters with a meaning in Mermaid, HTML or Markdown, where also lists begin with them: "1. ", "- "
SPECIAL = re.compile(r"""["'`#&<>\\\[\](){}|;:*_~$%^@]|\.(?= )|[-+](?= )""")
DEEPEST = 12                # levels of indentation
# of a flowchart that Mermaid draws, unless the page has set its maxEdges and maxTextSize higher
MOST_EDGES, MOST_CHARACTERS = 500, 50_000


def mermaid(scene: Scene, rankdir: str) -> str:
    """The flowchart: a box for each value, a circle for each operation, local derivatives on the edges.

    Folded modules are boxes with doubled sides; where there are some, the others are subgraphs.
    """
    return "\n".join([f"flowchart {rankdir}", *_nodes_in_subgraphs(scene), *_edges(scene)]) + "\n"


def too_large(scene: Scene, text: str) -> str:
    """Why Mermaid refuses the flowchart of a scene, and the ways out; "" if it does not."""
    if _is_drawn(scene, text):
        return ""
    ways = depths_where(scene, lambda folded: _is_drawn(folded, mermaid(folded, "LR")))
    return (
        f"Mermaid draws flowcharts of up to {MOST_EDGES} edges and {MOST_CHARACTERS:,} characters, and this one has "
        f"{_count_edges(scene):,} and {len(text):,}: {' or '.join([*ways, 'draw a part of it'])}"
    )


def _is_drawn(scene: Scene, text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and _count_edges(scene) <= MOST_EDGES


def _count_edges(scene: Scene) -> int:
    return sum(1 for _ in _edges(scene))


def _nodes_in_subgraphs(scene: Scene) -> Iterable[str]:
    """The nodes, those of a module inside its subgraph."""
    nodes, children = _modules(scene)
    waiting: list[tuple[str | None, int]] = [("", 0)]       # None: the end of a subgraph
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


def _modules(scene: Scene) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """For each module that is a subgraph, and for "", the whole chart: its own nodes, and the modules in it."""
    nodes: dict[str, list[str]] = {"": []}
    children: dict[str, list[str]] = {"": []}
    for box in scene.boxes:
        module = scene.module_around(box) if scene.folding.folds else ""
        for path in prefixes(module) if module else ():
            if path not in nodes:
                nodes[path], children[path] = [], []
                children[path.rpartition(".")[0]].append(path)
        nodes[module] += _nodes(scene, box)
    return nodes, children


def _indentation(level: int) -> str:
    return "    " * min(level, DEEPEST)


def _nodes(scene: Scene, box: Box) -> Iterable[str]:
    name = scene.id_of(box)
    if isinstance(box, Fold):
        values, gradients = scene.outputs(box)
        yield f'{name}[["{_label(*scene.lines(box), values, gradients and f"∂ {gradients}")}"]]'
        return
    if isinstance(box, Inputs):
        values = scene.numbers([scene.data[value] for value in box.values])
        yield f'{name}["{_label(counted(len(box.values), "input"), values)}"]'
        return
    number, gradient = scene.number(scene.data[box]), scene.gradient(box)
    yield f'{name}["{_label(scene.headline(box), number, gradient and f"∂ {gradient}")}"]'
    if box.operands:
        yield f'{scene.operation_id(box)}(("{_label(sign_of(box.operation))}"))'
    for k, constant in scene.constants(box):
        yield f'{scene.constant_id(box, k)}("{_label(scene.number(constant))}")'


def _edges(scene: Scene) -> Iterable[str]:
    for box in scene.boxes:
        if isinstance(box, Value):
            yield from _edges_of_operation(scene, box)
        else:
            for source, places in scene.sources(box).items():
                yield _edge(scene, source, len(places), scene.id_of(box))


def _edges_of_operation(scene: Scene, result: Value) -> Iterable[str]:
    """The edges from the operands to the operation, and the one from there to the result."""
    operation, local_derivatives = scene.operation_id(result), result.local_grads
    for source, places in scene.sources(result).items():
        if scene.is_bundle(source, len(places)):
            yield _edge(scene, source, len(places), operation)
        else:
            for k in places:
                yield f'    {scene.id_of(source)} -->|"{_label(scene.number(local_derivatives[k]))}"| {operation}'
    if result.operands:
        yield from (f"    {scene.constant_id(result, k)} --> {operation}" for k, _ in scene.constants(result))
        yield f"    {operation} --> {scene.id_of(result)}"


def _edge(scene: Scene, source: Box, number: int, head: str) -> str:
    label = f'|"{counted(number, "value")}"|' if scene.is_bundle(source, number) else ""
    return f"    {scene.id_of(source)} -->{label} {head}"


def _label(*lines: str) -> str:
    return "<br>".join(escaped(line) for line in lines if line)


def escaped(text: str) -> str:
    """A text for a label between quotes, without any special character."""
    return SPECIAL.sub(lambda found: as_code(found[0]), text)


def as_code(character: str) -> str:
    """A character as Mermaid's labels have it: #8706; for ∂."""
    return f"#{ord(character)};"

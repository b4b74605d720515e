"""Graphs to draw, and the parts of their pictures."""
import random
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"
LINK_TITLE = "{http://www.w3.org/1999/xlink}title"
ENTITY = re.compile(r"#(\d+);")


def example_a():
    """f = (a + b)(b + c), and its gradients by hand, as the tutorials derive them."""
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    df_dx, df_dy = y.data, x.data
    by_hand = {"a": df_dx, "b": df_dx + df_dy, "c": df_dy, "x": df_dx, "y": df_dy, "f": 1.0}
    return f, by_hand


def example_a_after_backward():
    f, _ = example_a()
    f.backward()
    return f


def random_graph(size):
    """A loss of that many Values, each used."""
    rng = random.Random(size)
    values = [Value(rng.uniform(-2, 2), f"p{i}") for i in range(8)]
    while len(values) < size - 1:
        p, q = rng.choices(values[-20:], k=2)
        values.append(rng.choice([p + q, p * q, p.tanh(), p.maximum(q), at.sum([p, q, p])]))
    used = {x for value in values for x in value.operands}
    return at.sum([value for value in values if value not in used])


def drawn_again(picture):
    """A picture of the same source, for which the layout program runs once more."""
    return Picture(lambda _: picture.source, picture.title, "light")


def read(drawn):
    """An SVG read back: its boxes and circles by their names in the source, and its edges."""
    root = ET.fromstring(drawn.svg)
    nodes, edges = {}, []
    for group in root.iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title")
        if group.get("class") == "node":
            texts = list(group.iter(f"{SVG}text"))
            outline = next(x for x in group.iter() if x.tag[len(SVG):] in ("path", "ellipse", "polygon"))
            link = next(group.iter(f"{SVG}a"), None)
            nodes[title] = SimpleNamespace(
                lines=[text.text for text in texts], colors=[text.get("fill") for text in texts],
                fill=outline.get("fill"), frame=frame(outline),
                tooltip=None if link is None else link.get(LINK_TITLE),
            )
        elif group.get("class") == "edge":
            edges.append(tuple(title.split("->")))
    return SimpleNamespace(root=root, nodes=nodes, edges=edges)


def frame(outline):
    """left, top, right and bottom of a box or circle."""
    if outline.get("cx"):
        cx, cy, rx, ry = (float(outline.get(key)) for key in ("cx", "cy", "rx", "ry"))
        return cx - rx, cy - ry, cx + rx, cy + ry
    points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", outline.get("d") or outline.get("points"))
    xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def boxes(drawn):
    """The lines of the boxes of Values."""
    return [node.lines for name, node in read(drawn).nodes.items() if name.startswith("n")]


def box(drawn, label):
    [found] = [
        node for name, node in read(drawn).nodes.items()
        if name.startswith("n") and node.lines[0].split(" = ")[0] == label
    ]
    return found


def constants(drawn):
    return [node.lines[0] for name, node in read(drawn).nodes.items() if name.startswith("c")]


def local_derivatives(drawn):
    """(operand, local derivative, sign of the operation) along every edge, names instead of places."""
    found = read(drawn)
    lines = {name: node.lines[0].split(" = ")[0] for name, node in found.nodes.items()}
    into = {head: tail for tail, head in found.edges if head.startswith("d")}
    return sorted(
        (lines[into[tail]], lines[tail], lines[head]) for tail, head in found.edges if tail.startswith("d")
    )


def labels_in_mermaid(source):
    """The labels of the nodes of a flowchart, read back as a browser would show them."""
    labels = re.findall(r'^ *(n\d+|m\d+|i\d+|op\d+|c\w+)[\[(]+"(.*)"[\])]+$', source, re.M)
    return {name: ENTITY.sub(lambda x: chr(int(x[1])), label).split("<br>") for name, label in labels}


STRANGE = {
    "<script>alert('x')</script>": "<script>alert('x')</script>",
    'say "hi"': 'say "hi"',
    "C:\\new\\": "C:\\new\\",
    "\\N \\G \\L \\l \\": "\\N \\G \\L \\l \\",
    "&amp; &lt; &#65;": "&amp; &lt; &#65;",
    "<b>bold</b>": "<b>bold</b>",
    "}{|<f0> %s ]]> <!-- -->": "}{|<f0> %s ]]> <!-- -->",
    "two\nlines\r\tand": "two lines and",
    "nul\0 esc\x1b \x85 \ud800 \uffff": "nul\ufffd esc\ufffd \ufffd \ufffd \ufffd",
    "🙂 漢字 σ": "🙂 漢字 σ",
    "turned \u202e around \u2066 x": "turned \ufffd around \ufffd x",
    "node": "node",
}

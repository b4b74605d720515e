"""Networks to draw as diagrams, and where everything stands in their pictures."""
import math
import random
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

from autograd_tiny import nn

SVG = "{http://www.w3.org/2000/svg}"
LINK_TITLE = "{http://www.w3.org/1999/xlink}title"
XOR = [("x", "h1"), ("y", "h1"), ("x", "h2"), ("y", "h2"), ("h1", "o"), ("h2", "o"), ("x", "o")]


def mlp(nin, nouts, **arguments):
    return nn.MLP(nin, nouts, bias_init="uniform", rng=random.Random(1), **arguments)


def network(edges, **arguments):
    return nn.Network(edges, bias_init="uniform", rng=random.Random(1), **arguments)


def full(size):
    """A network in which each unit has all those before it as inputs: every column has one."""
    return network([(f"u{i}", f"u{j}") for i in range(size) for j in range(i + 1, size)])


MODELS = {
    "2-16-16-1": lambda: mlp(2, [16, 16, 1]), "784-64-10": lambda: mlp(784, [64, 10]),
    "xor": lambda: network(XOR), "full": lambda: full(7),
    "neuron": lambda: nn.Neuron(3, rng=random.Random(1)),
    "many past a column": lambda: network(
        [(f"x{i}", f"h{j}") for i in range(5) for j in range(5)]
        + [(f"{a}{i}", "a long name") for a in "xh" for i in range(5)]
    ),
    "long headings": lambda: nn.Sequential(
        nn.Layer(2, 3, "leaky_relu", rng=random.Random(1)), nn.Activation("softplus"), nn.MLP(
            3, [1000, 3], "leaky_relu", "softplus", rng=random.Random(1)
        ), nn.Dropout(0.25),
    ),
    "past a gap": lambda: network(
        [("x", f"h{j}") for j in range(30)] + [(f"h{j}", "o") for j in range(30)] + [("x", "o")]
    ),
}


def read(picture):
    """An SVG read back: units, texts and lines; a line with corners is one entry for each straight part."""
    root = ET.fromstring(picture.svg)
    found = SimpleNamespace(root=root, units={}, biases={}, texts=[], lines=[], legend=[], headings=[])
    for group in root.iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title")
        link = next(group.iter(f"{SVG}a"), None)
        tooltip = None if link is None else link.get(LINK_TITLE)
        texts = [text.text for text in group.iter(f"{SVG}text")]
        if group.get("class") == "edge":
            path = next(group.iter(f"{SVG}path"))
            numbers = [float(x) for x in re.findall(r"-?[\d.]+", path.get("d"))]
            found.lines.append(SimpleNamespace(
                ends=title.replace(":e", "").replace(":w", "").split("->"), tooltip=tooltip,
                color=path.get("stroke"), width=float(path.get("stroke-width", "1")),
                dashed=path.get("stroke-dasharray") is not None, start=numbers[:2], end=numbers[-2:],
            ))
        elif group.get("class") == "node" and re.match(r"u\d", title):
            ellipse = next(group.iter(f"{SVG}ellipse"))
            cx, cy, rx, ry = (float(ellipse.get(key)) for key in ("cx", "cy", "rx", "ry"))
            name = "".join(text for text in texts if text.strip())
            found.units[title] = SimpleNamespace(
                name=name, tooltip=tooltip, cx=cx, cy=cy, rx=rx, ry=ry, fill=ellipse.get("fill")
            )
        elif group.get("class") == "node" and title.startswith("b"):
            found.biases["u" + title[1:]] = texts[0]
        elif group.get("class") == "node" and title.startswith("legend"):
            found.legend += texts
        elif group.get("class") == "node" and title.startswith("heading"):
            found.headings.append(texts)
        if group.get("class") == "node":
            found.texts += texts
    return found


def weights(drawn):
    """The lines that are weights: those of the legend have no tooltip."""
    return [line for line in drawn.lines if line.tooltip]


def tooltip_of(drawn, beginning):
    """The tooltip of a line."""
    [tooltip] = {line.tooltip for line in weights(drawn) if line.tooltip.startswith(beginning)}
    return tooltip


def inside(line, unit):
    """How deep a straight line cuts into a unit, from 0 at the rim to 1 in the middle."""
    (x0, y0), (x1, y1) = (
        ((x - unit.cx) / unit.rx, (y - unit.cy) / unit.ry) for x, y in (line.start, line.end)
    )
    dx, dy = x1 - x0, y1 - y0
    nearest = max(0.0, min(1.0, -(x0 * dx + y0 * dy) / (dx * dx + dy * dy or 1.0)))
    return 1.0 - math.hypot(x0 + nearest * dx, y0 + nearest * dy)

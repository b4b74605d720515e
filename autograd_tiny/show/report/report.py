"""diagnose, and the report of a Diagnosis on one page, as text and as HTML: findings first, then the layers.

The numbers come from diagnosis/; diagnose(value) is in origin.py.
"""
from __future__ import annotations

import html
import os
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, overload

from ...boundary.text import aligned, one_line, printable, shortened
from ...diagnosis.measure import measure
from ...diagnosis.results import Finding, Histogram, LayerReport, Measured
from ...diagnosis.thresholds import SATURATED, USUAL_UPDATE
from ...engine.value import Value
from ...optim import Optimizer
from ..names import plain, readable
from ..page import Page
from ..text_layout import WIDTH
from .origin import OriginReport

Column: TypeAlias = "tuple[str, Callable[[LayerReport], str]]"      # its head, and the cell of a layer

BARS = "▁▂▃▄▅▆▇█"
HISTOGRAM_SIZE = 120, 30        # in HTML: width and height in pixels
NOTHING = "—"                   # in a cell
LONGEST_WORD = 80               # characters


@overload
def diagnose(model: Value) -> OriginReport: ...


@overload
def diagnose(
    model: Any, X: Any, y: Any, loss: Any, optimizer: str | Optimizer | None = None, *,
    lr: float | None = None,
) -> Diagnosis: ...


def diagnose(
    model: Any, X: Any = None, y: Any = None, loss: Any = None, optimizer: str | Optimizer | None = None, *,
    lr: float | None = None,
) -> Diagnosis | OriginReport:
    """Measure a model layer by layer and find problems; or find where a nan or an infinity comes from.

    diagnose(model, X, y, loss) measures the model in evaluation mode over all samples: for each layer the outputs
    of its units, dead and saturated units, the size of the gradient that arrives there and of the next update. It
    lists findings, each with a remedy to try. print(…) shows the Diagnosis as text, a notebook shows it as a page.
    A layer is the computation of one module; in a forward method of your own, a new layer begins where a parameter
    multiplies a result that was computed from other parameters.

    diagnose(value), of a Value alone such as a loss, finds the first value in its computation graph that is not
    finite, or else the first gradient in a backward pass: with its operands, its module and, if it was computed
    inside detect_anomaly(), its line of code.

    Nothing changes: no parameter, `.grad`, mode, optimizer state or random generator. Model and loss are recorded
    on a tape; if that fails, at most 100 samples run one by one, and the report gives the reason. If a tape
    would hold more than ten million numbers for all samples, only some are measured, spread evenly.

    Args:
        model: A Module or a function of a list of inputs, as for fit; or a Value, without further arguments.
        X: Array (samples, inputs).
        y: Array (samples,) or (samples, outputs), or class labels, as for fit.
        loss: The name of a loss, or a function (outputs, target), as for fit.
        optimizer: The optimizer whose next update is compared with the weights: an Optimizer in its current
            state, or a name. Without optimizer and lr, updates are not measured.
        lr: The learning rate for the name of an optimizer; alone, that of "sgd".

    Returns:
        A Diagnosis; for a Value, an OriginReport.

    Raises:
        TypeError: An argument is of the wrong type, as in fit; or a Value has further arguments.
        ValueError: The arguments do not fit together, as in fit.

    The method: X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks
    (2010). The thresholds and their sources are in diagnosis/findings.py.
    """
    given = {"X": X, "y": y, "loss": loss, "optimizer": optimizer, "lr": lr}
    absent = [name for name, argument in given.items() if argument is None]
    if type(model) is Value:
        if len(absent) < len(given):
            raise TypeError("diagnose(value) takes a Value alone; the other arguments are for a model")
        return OriginReport(model)
    if set(absent) & {"X", "y", "loss"}:
        missing = ", ".join(name for name in absent if name in ("X", "y", "loss"))
        raise TypeError(f"diagnose(model, X, y, loss) needs {missing}, too; only a Value is diagnosed alone")
    return Diagnosis(**vars(measure(model, X, y, loss, optimizer, lr=lr)))


class Diagnosis(Measured):
    """The measurements and findings of diagnose(model, X, y, loss); for the attributes see diagnosis.Measured.

    str() is a text of 100 columns; a notebook shows a page with histograms.
    """

    def __str__(self) -> str:
        parts = [_filled(line, "") for line in (_title(self), *_headlines(self))]
        parts += ["", _counted(self.findings)]
        parts += [_finding_text(k, finding) for k, finding in enumerate(self.findings, 1)]
        if self.layers:
            parts += ["", "Outputs of the units", _aligned(FORWARD, self.layers)]
            parts += ["", "The gradient, from the loss back to the inputs", _aligned(BACKWARD, self.layers)]
        parts += ["", *(_filled(note, "") for note in _notes(self))]
        return printable("\n".join(parts))

    def __repr__(self) -> str:
        return printable(f"<Diagnosis of {_clean(self.model)}: {_counted(self.findings).rstrip('.:')}>")

    @property
    def page(self) -> Page:
        """The report as a page of HTML."""
        height = min(360 + 110 * len(self.findings) + 62 * len(self.layers), 900)
        return Page(_title(self), _body(self), style=STYLE, height=height)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the report to a file.

        Args:
            path: The name of the file; it ends in .html.

        Returns:
            The path.

        Raises:
            ValueError: The name ends in something else.
            OSError: The file cannot be written.
        """
        return self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page._repr_html_()


# ---- texts of both forms

def _title(found: Measured) -> str:
    return f"Diagnosis of {_clean(found.model)}"


def _headlines(found: Measured) -> list[str]:
    loss = "not finite" if found.loss is None else readable(found.loss, 4)
    guess = ""
    if found.guessing is not None:
        guess = f" (best constant prediction: {readable(found.guessing, 4)})"
    samples = f"{found.samples:,} sample{'s' * (found.samples > 1)}"
    if found.samples < found.given:
        samples = f"{found.samples:,} of {found.given:,} samples, spread evenly"
    lines = [
        f"{found.parameters:,} parameters, {samples}",
        f"{_clean(found.loss_name)}: {loss}{guess}",
    ]
    lines += [f"updates: {found.optimizer}"] * bool(found.optimizer)
    lines += [f"frozen: {_clean(', '.join(found.frozen))}"] * bool(found.frozen)
    lines += [f"not reached by the loss: {_clean(', '.join(found.unreached))}"] * bool(found.unreached)
    if found.slow:
        lines.append(f"No tape could be recorded, so samples ran one by one: {_clean(found.slow)}")
    return lines


def _notes(found: Measured) -> list[str]:
    """The meaning of the columns."""
    notes = [
        f"saturated: outputs of sigmoid and tanh where the derivative is below {SATURATED:.0%} of its maximum. "
        "dead: ReLU units that are 0 for all samples. zeros: outputs that are 0.",
        "arriving: the gradient of a sample's loss with respect to the net inputs of the units. weights, gradient: "
        "the parameters that are not frozen, and the gradient of the mean loss with respect to them; ratio: "
        "gradient / weights. Sizes are root mean squares."
    ]
    if found.optimizer:
        notes.append(
            "update: the size of the next update, divided by that of the weights; about "
            f"{USUAL_UPDATE:g} is usual (A. Karpathy, notes for CS231n)."
        )
    return [*notes, "All numbers are those of evaluation mode: Dropout does nothing."]


def _counted(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No findings: nothing to worry about."
    return f"{len(findings)} finding{'s' * (len(findings) > 1)}:"


def _clean(text: str) -> str:
    """On one line, without characters that break XML or a terminal; long words are cut in the middle."""
    return " ".join(shortened(word, LONGEST_WORD) for word in one_line(text).split())


# ---- columns of the tables

def _number(name: str) -> Callable[[LayerReport], str]:
    def cell(layer: LayerReport) -> str:
        number = getattr(layer, name)
        return NOTHING if number is None else readable(number, 3)

    return cell


def _share(name: str) -> Callable[[LayerReport], str]:
    def cell(layer: LayerReport) -> str:
        share = getattr(layer, name)
        return NOTHING if share is None else f"{share:.0%}" if share in (0.0, 1.0) else f"{share:.1%}"

    return cell


def _dead(layer: LayerReport) -> str:
    return NOTHING if layer.dead is None else f"{len(layer.dead):,} of {len(layer.units):,}"


def _parameters(layer: LayerReport) -> str:
    frozen = f" ({layer.frozen:,} frozen)" if layer.frozen else ""
    return f"{layer.parameters:,}{frozen}" if layer.parameters else NOTHING


NAME: Column = "layer", lambda layer: plain(layer.name)
UNITS: list[Column] = [
    ("units", lambda layer: f"{len(layer.units):,}"), ("activation", lambda layer: plain(layer.activation)),
]
OUTPUTS: list[Column] = [
    ("mean", _number("mean")), ("std", _number("std")), ("zeros", _share("zeros")),
    ("saturated", _share("saturated")), ("dead", _dead),
]
GRADIENTS: list[Column] = [
    ("parameters", _parameters), ("arriving", _number("arriving")), ("weights", _number("weight")),
    ("gradient", _number("gradient")), ("ratio", _number("ratio")), ("update", _number("update")),
]
FORWARD = [NAME, *UNITS, *OUTPUTS, ("distribution", lambda layer: _sparkline(layer.activations))]
BACKWARD = [NAME, *GRADIENTS]
LEFT_ALIGNED = {"layer", "activation", "distribution"}


# ---- as text

def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent or "  ")


def _finding_text(k: int, finding: Finding) -> str:
    head = f"{k}. {finding.severity}: {finding.kind}, {_clean(finding.where)}"
    lines = [textwrap.fill(head, WIDTH, subsequent_indent="   ")]
    lines += [_filled(_clean(finding.text), "   "), _filled(f"Try: {finding.advice}", "   ")]
    return "\n".join(lines)


def _aligned(columns: Sequence[Column], layers: Sequence[LayerReport]) -> str:
    """A table without empty columns."""
    texts = [[head, *(cell(layer) for layer in layers)] for head, cell in columns]
    texts = [column for column in texts if {*column[1:]} != {NOTHING}]
    numbers = [k for k, column in enumerate(texts) if column[0] not in LEFT_ALIGNED]
    return "\n".join(aligned([*zip(*texts, strict=True)], numbers))


def _sparkline(histogram: Histogram | None) -> str:
    """The counts as a row of small bars, two bins to a bar."""
    if histogram is None:
        return NOTHING
    counts = [a + b for a, b in zip(histogram.counts[::2], histogram.counts[1::2], strict=True)]
    largest = max(counts)
    return "".join(BARS[-(-count * (len(BARS) - 1) // largest)] for count in counts)


# ---- as HTML

def _body(found: Measured) -> str:
    facts = "".join(f"<p>{html.escape(line)}</p>" for line in _headlines(found))
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in _notes(found))
    cards = "".join(_card(finding) for finding in found.findings)
    findings = f"<ol>{cards}</ol>" if cards else f'<p class="healthy">{_counted([])}</p>'
    return (
        f"<main><h1>{html.escape(_title(found))}</h1>{facts}"
        f"<h2>Findings</h2>{findings}{_table(found)}<div class='notes'>{notes}</div></main>"
    )


def _card(finding: Finding) -> str:
    texts = (finding.kind, finding.where, finding.text, finding.advice)
    kind, where, text, advice = (html.escape(_clean(each)) for each in texts)
    return (
        f'<li class="{finding.severity}"><p><span class="severity">{finding.severity}</span> '
        f"<b>{kind}</b> · {where}</p><p>{text}</p><p><b>Try:</b> {advice}</p></li>"
    )


def _table(found: Measured) -> str:
    if not found.layers:
        return ""
    columns = [
        column for column in [*UNITS, *OUTPUTS, *GRADIENTS]
        if any(column[1](layer) != NOTHING for layer in found.layers)
    ]
    split = next(k for k, column in enumerate(columns) if column in GRADIENTS)
    heads = [head for head, _ in columns]
    heads = ["outputs", *heads[:split], "log₁₀ of arriving", *heads[split:]]
    rows = "".join(_row(layer, columns[:split], columns[split:]) for layer in found.layers)
    head_cells = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    return (
        '<h2>Layers</h2><div class="wide" tabindex="0" role="region" aria-label="Layers"><table>'
        f'<thead><tr><td></td><th colspan="{split + 1}" scope="colgroup" class="value">outputs of the units'
        f'</th><th colspan="{len(columns) - split + 1}" scope="colgroup" class="gradient">the gradient of the '
        f'loss</th></tr><tr><th scope="col">layer</th>{head_cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(layer: LayerReport, forward: Sequence[Column], backward: Sequence[Column]) -> str:
    cells = [
        _svg(layer.activations, "value", "outputs"), *(html.escape(cell(layer)) for _, cell in forward),
        _svg(layer.log_gradients, "gradient", "log10 of gradients"),
        *(html.escape(cell(layer)) for _, cell in backward),
    ]
    tds = "".join(f"<td>{each}</td>" for each in cells)
    return f'<tr><th scope="row">{html.escape(plain(layer.name))}</th>{tds}</tr>'


def _svg(histogram: Histogram | None, colour: str, subject: str) -> str:
    if histogram is None:
        return NOTHING
    edges, (width, height) = histogram.edges, HISTOGRAM_SIZE
    bar, largest = width / len(histogram.counts), max(histogram.counts)
    bars = "".join(
        f'<rect x="{k * bar:.1f}" y="{height * (1 - count / largest):.1f}" width="{bar - 0.4:.1f}" '
        f'height="{height * count / largest:.1f}"/>'
        for k, count in enumerate(histogram.counts) if count
    )
    near_0 = (edges[-1] - edges[0]) / 1000      # shown as 0
    ends = " … ".join(readable(edge if abs(edge) > near_0 else 0.0, 3) for edge in (edges[0], edges[-1]))
    return (
        f'<svg role="img" aria-label="histogram of {subject}, {ends}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" class="{colour}"><path d="M0 {height - 0.5}h{width}"/>{bars}</svg>'
        f'<span class="ends">{ends}</span>'
    )


STYLE = """\
main { max-width: 76rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .4rem; }
h2 { font-size: 1.05rem; margin: 1.2rem 0 .5rem; }
p { margin: 0 0 .25rem; }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
li, .healthy { background: var(--panel); border-left: 4px solid var(--line); padding: .5rem .75rem; }
.severe { border-color: var(--gradient); }
.warning { border-color: var(--accent); }
.severity { font-size: .8rem; border: 1px solid currentColor; border-radius: 3px; padding: 0 .3rem; }
.severe .severity { color: var(--gradient); }
.warning .severity { color: var(--accent); }
.healthy { border-color: var(--value); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; white-space: nowrap; }
th, td { padding: .3rem .45rem; text-align: right; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--quiet); }
th[scope=row], th:first-child { text-align: left; font-weight: 600; position: sticky; left: 0;
  background: var(--page); }
th[scope=colgroup] { text-align: left; font-weight: 600; position: static; }
th.value { color: var(--value); }
th.gradient { color: var(--gradient); }
svg { display: block; margin-left: auto; }
svg path { stroke: var(--line); }
svg.value { fill: var(--value); }
svg.gradient { fill: var(--gradient); }
.ends { color: var(--quiet); font-size: .75rem; }
.notes { margin-top: 1rem; color: var(--quiet); font-size: .85rem; }
"""

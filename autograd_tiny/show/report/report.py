"""The report of a diagnosis on one page, as text and as HTML: findings first, then the layers."""
from __future__ import annotations

import html
import os
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

from ...diagnosis import SATURATED, USUAL_UPDATE, Finding, Histogram, LayerReport, Measured, measure
from ...engine.value import Value
from ...optim import Optimizer
from ..names import NOT_IN_XML, plain, readable
from ..page import Page
from ..wording import WIDTH
from .origin import OriginReport

BARS = "▁▂▃▄▅▆▇█"
GRAPH = 120, 30         # of a histogram in HTML, in pixels
NOTHING = "—"
LONGEST_WORD = 80       # characters


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
    """What goes on inside of a model on X (samples, inputs) and y, and what is wrong with it.

    model, X, y, loss: as for fit. optimizer: whose updates are compared to the weights: an Optimizer, in the
    state that it has, or a name, with lr or the default of its class; lr alone is that of "sgd". Without them
    nothing is said about updates.

    The Diagnosis has, for each layer, what its units give, which of them are dead or saturated, the size of
    the gradient that arrives there, and that of an update; and findings, each with what to try. A layer is
    what a module computes; one of a hand-written forward begins anew where parameters are multiplied by what
    others have made. print(…) shows it as text, a notebook as a page.

    Nothing changes: no parameter, .grad, mode, state of an optimizer or of a random generator. Model and loss
    are recorded on a tape; if they can't be, 100 samples run one by one, and the report says so. Where there
    are very many samples and units, samples spread evenly stand for all.

    diagnose(loss), of a Value alone: where a nan or an infinity was born in its graph, as a number or as a
    gradient, of what, in which module, and in which line of code if it was made inside detect_anomaly().

    TypeError, ValueError for arguments that don't fit, as those of fit.
    """
    given = {"X": X, "y": y, "loss": loss, "optimizer": optimizer, "lr": lr}
    absent = [name for name, argument in given.items() if argument is None]
    if type(model) is Value:
        if len(absent) < len(given):
            raise TypeError("diagnose(value) takes a Value alone; the others belong to a model")
        return OriginReport(model)
    if set(absent) & {"X", "y", "loss"}:
        missing = ", ".join(name for name in absent if name in ("X", "y", "loss"))
        raise TypeError(f"diagnose(model, X, y, loss) needs {missing}, too; a Value alone is enough")
    return Diagnosis(**vars(measure(model, X, y, loss, optimizer, lr=lr)))


class Diagnosis(Measured):
    """What diagnose found: see diagnosis.Measured for its numbers. str() is a text of 100 columns."""

    def __str__(self) -> str:
        parts = [_filled(line, "") for line in (_title(self), *_headlines(self))]
        parts += ["", _counted(self.findings)]
        parts += [_finding_text(k, finding) for k, finding in enumerate(self.findings, 1)]
        if self.layers:
            parts += ["", "What the units give", _aligned(FORWARD, self.layers)]
            parts += ["", "The gradient, from the loss back to the inputs", _aligned(BACKWARD, self.layers)]
        parts += ["", *(_filled(note, "") for note in _notes(self))]
        return "\n".join(parts)

    def __repr__(self) -> str:
        return f"<Diagnosis of {_clean(self.model)}: {_counted(self.findings).rstrip('.:')}>"

    @property
    def page(self) -> Page:
        """The report as a page of HTML."""
        height = min(360 + 110 * len(self.findings) + 62 * len(self.layers), 900)
        return Page(_title(self), _body(self), style=STYLE, height=height)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the report to a file that ends in .html; returns its path. Errors: those of Page.save."""
        return self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page._repr_html_()


# ---- what both say

def _title(found: Measured) -> str:
    return f"Diagnosis of {_clean(found.model)}"


def _headlines(found: Measured) -> list[str]:
    loss = "not finite" if found.loss is None else readable(found.loss, 4)
    guess = ""
    if found.guessing is not None:
        guess = f" (the best answer without a look at X: {readable(found.guessing, 4)})"
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
    """What the columns mean."""
    notes = [
        f"saturated: outputs of sigmoid and tanh where the slope is below {SATURATED:.0%} of its largest. "
        "dead: ReLUs that are 0 for all samples. zeros: outputs that are 0.",
        "arriving: the gradient of a sample's loss by the net inputs of the units. weights, gradient: those "
        "that are not frozen, and the gradient of the mean loss by them; ratio: gradient to weights. Sizes "
        "are root mean squares."
    ]
    if found.optimizer:
        notes.append(
            "update: how much the next update changes the weights, as a part of their size; about "
            f"{USUAL_UPDATE:g} is usual (A. Karpathy, notes for CS231n)."
        )
    return [*notes, "Every number is of the model in use: a Dropout lets everything through."]


def _counted(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No findings: nothing to worry about."
    return f"{len(findings)} finding{'s' * (len(findings) > 1)}:"


def _clean(text: str) -> str:
    """On one line, without what neither XML nor a terminal is to be given; long words cut in the middle."""
    words = NOT_IN_XML.sub("\ufffd", text).split()
    half = LONGEST_WORD // 2
    return " ".join(word if len(word) <= 2 * half else f"{word[:half]}…{word[-half:]}" for word in words)


Column = tuple[str, Any]        # its head, and what it says of a layer


def _number(name: str) -> Any:
    def said(layer: LayerReport) -> str:
        found = getattr(layer, name)
        return NOTHING if found is None else readable(found, 3)

    return said


def _share(name: str) -> Any:
    def said(layer: LayerReport) -> str:
        found = getattr(layer, name)
        return NOTHING if found is None else f"{found:.0%}" if found in (0.0, 1.0) else f"{found:.1%}"

    return said


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
TEXTS = {"layer", "activation", "distribution"}         # columns that begin at their left edge


# ---- as text

def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent or "  ")


def _finding_text(k: int, finding: Finding) -> str:
    head = f"{k}. {finding.severity}: {finding.kind}, {_clean(finding.where)}"
    lines = [textwrap.fill(head, WIDTH, subsequent_indent="   ")]
    lines += [_filled(_clean(finding.text), "   "), _filled(f"Try: {finding.advice}", "   ")]
    return "\n".join(lines)


def _aligned(columns: Sequence[Column], layers: Sequence[LayerReport]) -> str:
    """A table; columns that say nothing are left out."""
    cells = [[head, *(said(layer) for layer in layers)] for head, said in columns]
    cells = [cell for cell in cells if {*cell[1:]} != {NOTHING}]
    for cell in cells:
        width = max(map(len, cell))
        cell[:] = [each.ljust(width) if cell[0] in TEXTS else each.rjust(width) for each in cell]
    return "\n".join("  ".join(row).rstrip() for row in zip(*cells, strict=True))


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
    ill = "".join(_card(finding) for finding in found.findings)
    findings = f"<ol>{ill}</ol>" if ill else '<p class="well">' + _counted([]) + "</p>"
    return (
        f"<main><h1>{html.escape(_title(found))}</h1>{facts}"
        f"<h2>Findings</h2>{findings}{_table(found)}<div class='notes'>{notes}</div></main>"
    )


def _card(finding: Finding) -> str:
    said = [html.escape(_clean(each)) for each in (finding.kind, finding.where, finding.text, finding.advice)]
    return (
        f'<li class="{finding.severity}"><p><span class="how">{finding.severity}</span> '
        f"<b>{said[0]}</b> · {said[1]}</p><p>{said[2]}</p><p><b>Try:</b> {said[3]}</p></li>"
    )


def _table(found: Measured) -> str:
    if not found.layers:
        return ""
    shown = [
        column for column in [*UNITS, *OUTPUTS, *GRADIENTS]
        if any(column[1](layer) != NOTHING for layer in found.layers)
    ]
    split = next(k for k, column in enumerate(shown) if column in GRADIENTS)
    heads = [head for head, _ in shown]
    heads.insert(split, "log₁₀ of what arrives")
    rows = []
    for layer in found.layers:
        said = [f"<td>{html.escape(said(layer))}</td>" for _, said in shown]
        said.insert(split, f"<td>{_svg(layer.log_gradients, 'gradient', 'log10 of gradients')}</td>")
        said.insert(0, f"<td>{_svg(layer.activations, 'value', 'outputs')}</td>")
        rows.append(f'<tr><th scope="row">{html.escape(plain(layer.name))}</th>{"".join(said)}</tr>')
    columns = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in ["outputs", *heads])
    return (
        '<h2>Layers</h2><div class="wide" tabindex="0" role="region" aria-label="Layers"><table>'
        f'<thead><tr><td></td><th colspan="{split + 1}" scope="colgroup" class="value">what the units give'
        f'</th><th colspan="{len(shown) - split + 1}" scope="colgroup" class="gradient">the gradient of the '
        f'loss</th></tr><tr><th scope="col">layer</th>{columns}</tr></thead>'
        f'<tbody>{"".join(rows)}</tbody></table></div>'
    )


def _svg(histogram: Histogram | None, colour: str, what: str) -> str:
    if histogram is None:
        return NOTHING
    edges, (width, height) = histogram.edges, GRAPH
    bar, largest = width / len(histogram.counts), max(histogram.counts)
    bars = "".join(
        f'<rect x="{k * bar:.1f}" y="{height * (1 - count / largest):.1f}" width="{bar - 0.4:.1f}" '
        f'height="{height * count / largest:.1f}"/>'
        for k, count in enumerate(histogram.counts) if count
    )
    near = (edges[-1] - edges[0]) / 1000        # that near to 0 it is 0, at this scale
    said = " … ".join(readable(edge if abs(edge) > near else 0.0, 3) for edge in (edges[0], edges[-1]))
    return (
        f'<svg role="img" aria-label="histogram of {what}, {said}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" class="{colour}"><path d="M0 {height - 0.5}h{width}"/>{bars}</svg>'
        f'<span class="ends">{said}</span>'
    )


STYLE = """\
main { max-width: 76rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .4rem; }
h2 { font-size: 1.05rem; margin: 1.2rem 0 .5rem; }
p { margin: 0 0 .25rem; }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
li, .well { background: var(--panel); border-left: 4px solid var(--line); padding: .5rem .75rem; }
.severe { border-color: var(--gradient); }
.warning { border-color: var(--accent); }
.how { font-size: .8rem; border: 1px solid currentColor; border-radius: 3px; padding: 0 .3rem; }
.severe .how { color: var(--gradient); }
.warning .how { color: var(--accent); }
.well { border-color: var(--value); }
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

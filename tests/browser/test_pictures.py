"""Pictures in a real browser: it reads each of them as SVG, draws it, and runs nothing out of a label."""
import random

import pytest

from autograd_tiny import Value, diagnose, draw, explain, nn

HOSTILE = [
    "<script>window.pwned = 1</script>", "</title><script>window.pwned = 1</script>", "a\"b'c", "\\N\\l\\\\",
    "x" * 10_000, "\U0001f600 é 漢", "&amp;&lt;]]>", "<img src=x onerror=window.pwned=1>",
]


def labelled():
    """A graph whose labels are all hostile."""
    values = [Value(0.5 + i, label) for i, label in enumerate(HOSTILE)]
    f = values[0]
    for value in values[1:]:
        f = f * value + value
    f.label = HOSTILE[0]
    f.backward()
    return f, values


def loss():
    model = nn.MLP(2, [4, 4, 1], rng=random.Random(0))
    f = (model([Value(0.5, "x1"), Value(-1.5, "x2")]) - 1.0) ** 2
    f.backward()
    return f, model


def pictures():
    f, values = labelled()
    g, model = loss()
    units = nn.Network([(HOSTILE[0], HOSTILE[2]), (HOSTILE[2], HOSTILE[3])], rng=random.Random(0))
    return {
        "hostile labels": draw(f), "dark": draw(f, theme="dark"), "highlight": draw(f, highlight=values[0]),
        "folded": draw(g, depth=2), "shaded": draw(g, depth=3, color="gradient"), "network": draw(model),
        "hostile units": draw(units),
    }


PICTURES = pictures()


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_browser_reads_and_draws_the_picture(browser, picture):
    page = browser.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    faults = page.evaluate(
        "svg => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelectorAll('parsererror').length",
        picture.svg,
    )
    page.set_content(f"<body>{picture.svg}</body>")
    box = page.locator("svg").bounding_box()
    assert faults == 0
    assert box["width"] > 50
    assert box["height"] > 50
    assert page.evaluate("window.pwned") is None
    assert not page.locator("svg script, svg img, svg foreignObject").count()
    assert not complaints
    page.close()


def test_tables_and_explanations_run_nothing(browser):
    f, values = labelled()
    explanations = [explain(f), explain(f, values[0]), explain(f, values[4])]
    shown = [draw(f).table, *explanations, diagnose((values[0] - 9.0).log())]
    page = browser.new_page()
    page.set_content("".join(f"<div>{each._repr_html_()}</div>" for each in shown))
    assert page.evaluate("window.pwned") is None
    assert not page.locator("body script, body img").count()
    assert "<script>window." in page.locator("body").inner_text()
    page.close()

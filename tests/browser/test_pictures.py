"""Pictures in a real browser: it reads each of them as SVG, draws it, and runs nothing out of a label."""
import io
import random
from urllib.parse import quote

import pytest
from PIL import Image

from autograd_tiny import Value, diagnose, draw, explain, nn
from autograd_tiny.show.theme import PALETTES

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


DRAWN = draw(loss()[0], depth=2)
INLINE = {
    "a page": ("", "light"), "a dark page": ('style="color-scheme: dark"', "dark"),
    "JupyterLab": ('data-jp-theme-light="true"', "light"), "dark JupyterLab": ('data-jp-theme-light="false"', "dark"),
    "VS Code": ('data-vscode-theme-kind="vscode-light"', "light"),
    "dark VS Code": ('data-vscode-theme-kind="vscode-dark"', "dark"),
    "VS Code with high contrast": ('data-vscode-theme-kind="vscode-high-contrast"', "dark"),
    "VS Code with high contrast on white": ('data-vscode-theme-kind="vscode-high-contrast-light"', "light"),
}


@pytest.mark.parametrize(("body", "theme"), INLINE.values(), ids=INLINE)
def test_an_svg_inside_of_a_page_is_light_or_dark_as_the_page_is(browser, body, theme):
    page = browser.new_page()
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")     # which must make no difference
    page.set_content(f"<!DOCTYPE html><body {body}>{DRAWN.svg}</body>")
    assert ground(page, "svg") == PALETTES[theme].page
    page.emulate_media(media="print")
    fill = "getComputedStyle(document.querySelector('svg polygon')).fill"
    assert page.evaluate(fill) == "rgb(255, 255, 255)"
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_svg_as_an_image_or_a_file_is_light_or_dark_as_its_surroundings_are(browser, theme, tmp_path):
    page = browser.new_page()
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    image = f"data:image/svg+xml,{quote(DRAWN.svg)}"
    page.set_content(f'<!DOCTYPE html><body style="color-scheme: {theme}"><img src="{image}"></body>')
    assert ground(page, "img") == PALETTES[theme].page
    page.emulate_media(color_scheme=theme)
    page.goto(DRAWN.save(tmp_path / "f.svg").as_uri())
    assert ground(page, "svg") == PALETTES[theme].page
    page.close()


def ground(page, selector):
    """The colour at the left upper corner, as it is seen."""
    with Image.open(io.BytesIO(page.locator(selector).screenshot())) as shot:
        return "#{:02x}{:02x}{:02x}".format(*shot.convert("RGB").getpixel((3, 3)))

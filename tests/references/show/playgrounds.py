"""The playground in tabs of a browser, and what tests read there."""
from autograd_tiny import playground

COPIED = """window.copied = [];
Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => void copied.push(text) } });"""
STILL = "() => { window.requestAnimationFrame = () => 0; window.setTimeout = () => 0; }"     # the test makes the frames
FRAME = "document.getElementById('playground').frame()"


def tabs(browser, tmp_path):
    """Yields a function that opens the page; afterwards there must have been no error on any."""
    pages, complaints = [], []

    def open_page(page=None, fragment="", width=1200, **media):
        tab = browser.new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: complaints.append(dialog.message))
        tab.on("request", lambda request: complaints.append(request.url) if "http" in request.url else None)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(**{"reduced_motion": "reduce", **media})
        tab.add_init_script(COPIED)
        tab.goto((page or playground()).save(tmp_path / f"page{len(pages)}.html").as_uri() + fragment)
        tab.evaluate("document.getElementById('playground').repeat()")
        pages.append(tab)
        return tab

    yield open_page
    for tab in pages:
        tab.close()
    assert complaints == []


def readout(tab):
    """The numbers at the top: epoch, updates, losses, and the shares of right classes."""
    return dict(zip(*(tab.locator(f"#readout {each}").all_inner_texts() for each in ("dt", "dd")), strict=True))


def train(tab, updates):
    tab.evaluate("(n) => document.getElementById('playground').train(n)", updates)


def settings(tab):
    return tab.evaluate("document.getElementById('playground').session.settings")


def notice(tab):
    return tab.locator("#notice")


def fields(tab, name):
    return tab.get_by_role("textbox", name=f"{name}, exactly")

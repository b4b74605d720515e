"""The site that `make docs` has built, served on the loopback and read in a real browser: `make check-site`."""
import re
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from references.optional import missing
from references.show.accessibility import violations

pytestmark = pytest.mark.site

SITE = Path(__file__).parents[2] / "site"
NARROW, WIDE = {"width": 400, "height": 800}, {"width": 1280, "height": 900}

# Clicks on one button after the other, until the page in the frame has changed.
ALIVE = """async () => {
  const seen = () => document.body.innerText + [...document.querySelectorAll("svg")].map((each) => each.outerHTML);
  const before = seen();
  if (!document.querySelector("button, input")) return document.body.innerText.length > 100; // a report
  for (const button of document.querySelectorAll("button")) {
    if (/Theme|Copy|Reset/.test(button.textContent)) continue;
    button.click();
    for (let waited = 0; waited < 5; waited++) {
      await new Promise((done) => setTimeout(done, 100));
      if (seen() !== before) return true;
    }
  }
  for (const slider of document.querySelectorAll("input[type=range]")) {
    slider.stepUp();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 100));
    if (seen() !== before) return true;
  }
  for (let waited = 0; waited < 100 && seen() === before; waited++) {      // on a busy machine
    await new Promise((done) => setTimeout(done, 100));
  }
  return seen() !== before;
}"""
# What is wider than the page, and lies in nothing that scrolls.
TOO_WIDE = """[...document.querySelectorAll("body *")].filter((each) => {
  if (each.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let around = each.parentElement; around !== document.body; around = around.parentElement)
    if (getComputedStyle(around).overflowX !== "visible") return false;
  return true;
}).map((each) => each.outerHTML.slice(0, 120))"""

# Rectangles of all matches of a pattern in the text of an element.
PLACES = """(element, pattern) => {
  const found = [], texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const match of texts.currentNode.data.matchAll(pattern)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, match.index);
      range.setEnd(texts.currentNode, match.index + match[0].length);
      found.push([match[0], [...range.getClientRects()]]);
    }
  }
  return found;
}"""
# Words of code in tables that go over two lines; a hyphen may end a line.
BROKEN = f"""[...document.querySelectorAll("article table code")].flatMap((code) => ({PLACES})(code, /[\\w(),.]+/g))
  .filter(([, places]) => new Set(places.map(({{ top }}) => Math.round(top))).size > 1).map(([word]) => word)"""
# Words below a button that copies code.
COVERED = f"""() => {{
  const buttons = [...document.querySelectorAll(".md-code__nav")].map((each) => each.getBoundingClientRect());
  const isCovered = (place) => buttons.some((button) => place.left < button.right && place.right > button.left
    && place.top < button.bottom && place.bottom > button.top);
  return ({PLACES})(document.querySelector("article"), /\\S+/g)
    .filter(([, places]) => places.some(isCovered)).map(([word]) => word);
}}"""
# The addresses that the first results of the search show, without what is behind "more on this page".
FIRST_RESULTS = """(number) => [...document.querySelectorAll(".md-search-result__item")].slice(0, number)
  .flatMap((result) => [...result.querySelectorAll(":scope > a")])
  .map((link) => link.origin + link.pathname + link.hash)"""


def addresses():
    """The pages of the sitemap, the first one first; none before `make docs`."""
    if not (SITE / "sitemap.xml").exists():
        return []
    entries = ElementTree.parse(SITE / "sitemap.xml").getroot().findall(".//{*}loc")
    return sorted(entry.text for entry in entries)


HOME, *_ = [*addresses(), ""]
PAGES = [address.removeprefix(HOME) for address in addresses()]
by_page = pytest.mark.parametrize("address", PAGES or [None], ids=lambda address: address or "home")


@pytest.fixture(autouse=True)
def _built():
    if not PAGES:
        missing("there is no site yet: make docs")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files below the path that the site will have, and says nothing."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(urlsplit(HOME).path.rstrip("/")))

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def home():
    """The address of the site on the loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{urlsplit(HOME).path}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser, home):
    """A page of the browser. Afterwards there must have been no error, and no request to another host."""
    complaints = []
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if is_elsewhere(request.url, home) else None)
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield page
    page.close()
    assert complaints == []


def is_elsewhere(address, home):
    return address.startswith("http") and not address.startswith(home)


# ---- each page

@by_page
def test_a_page_is_whole_accessible_and_alive(page, home, address):
    page.goto(home + address)
    assert page.title() and page.locator("meta[name=description]").get_attribute("content")
    assert page.locator("h1").count() == 1
    is_read_by_axe = not address.startswith("source/") or address.endswith("textbook.py/")      # one of them is enough
    assert not is_read_by_axe or violations(page) == []
    for handle in page.locator("iframe").element_handles():
        handle.scroll_into_view_if_needed()
        frame = handle.content_frame()
        frame.wait_for_load_state()
        frame.locator("html[data-around=light]").wait_for(state="attached")
        assert frame.evaluate(ALIVE), handle.get_attribute("title")
        room = frame.evaluate("[innerHeight, document.body.getBoundingClientRect().height]")
        assert abs(room[0] - room[1]) < 2, "the frame is as high as what is in it"

    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.locator("body[data-md-color-scheme=slate]").wait_for()
    for handle in page.locator("iframe").element_handles():
        handle.content_frame().locator("html[data-around=dark]").wait_for(state="attached")
    assert not is_read_by_axe or violations(page) == []

    page.set_viewport_size(NARROW)
    assert page.evaluate(TOO_WIDE) == []
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(COVERED) == []


def test_each_row_of_the_long_table_of_operations_fits_on_a_phone(page, home):
    page.set_viewport_size(NARROW)
    page.goto(home + "reference/operations/")
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name="pow", exact=True))
    room = row.bounding_box()
    assert room["height"] < 350 and room["width"] <= NARROW["width"]
    page.set_viewport_size(WIDE)
    assert row.get_by_role("cell").nth(2).bounding_box()["x"] > row.get_by_role("cell").nth(1).bounding_box()["x"]


# ---- links

class Document(HTMLParser):
    """The anchors of a page, and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        self.links += [attributes[name] for name in ("href", "src") if attributes.get(name)]


@cache
def document(file):
    return Document(file.read_text(encoding="utf-8"))


@by_page
def test_every_link_and_anchor_leads_somewhere(address):
    place = f"https://site/{address}"
    broken = []
    for link in document(SITE / address / "index.html").links:
        parts = urlsplit(urljoin(place, link))
        if parts.scheme != "https" or parts.netloc != "site":
            continue
        file = SITE / unquote(parts.path).lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file() or (parts.fragment and file.suffix == ".html"
                                  and unquote(parts.fragment) not in {*document(file).anchors, "__nav", "__toc"}):
            broken.append(link)
    assert broken == []


def test_a_page_that_is_not_there_has_a_way_back(page, home):
    page.goto(home + "404.html")
    assert page.locator("h1").inner_text() == "There is no such page"
    page.get_by_role("link", name="map of the documentation").click()
    page.get_by_role("heading", name=re.compile("^Documentation")).wait_for()


# ---- the first page, and the search

def test_the_film_on_the_first_page_plays_and_b_can_be_moved(page, home):
    page.emulate_media(reduced_motion="no-preference")
    page.goto(home)
    film, explorer = (page.locator(f"iframe[src$='{name}.html']").content_frame for name in ("film", "explore"))
    film.get_by_role("button", name="Pause").wait_for()
    film.get_by_text(re.compile("[1-9] / 11")).wait_for()
    assert explorer.locator("#panel").get_by_text("∂f/∂b = 9").count()
    slider = explorer.get_by_role("slider", name=re.compile("^b"))
    slider.fill("4")
    explorer.locator("#now").get_by_text("f = 24").wait_for()
    assert explorer.locator("#panel").get_by_text("∂f/∂b = 11").count()


def test_the_first_screen_of_a_phone_says_what_this_is_and_leads_to_what_can_be_moved_and_run(page, home):
    page.set_viewport_size(NARROW)
    page.goto(home)
    film = page.locator("iframe[src$='film.html']").bounding_box()
    assert film["y"] < 0.6 * NARROW["height"]
    sentence = page.get_by_text("automatic differentiation engine for Python, for students and teachers")
    ways = [page.get_by_role("link", name=name, exact=True) for name in ("Move the numbers", "Run it in the browser")]
    for each in (sentence, *ways[:2 if (SITE / "try").exists() else 1]):
        room = each.bounding_box()
        assert room["y"] + room["height"] < film["y"]


def test_the_film_does_not_play_for_readers_who_want_no_motion(page, home):
    page.goto(home)
    film = page.locator("iframe[src$='film.html']").content_frame
    film.get_by_role("button", name="Play", exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    assert film.locator("#count").inner_text() == "0 / 11"


API = "reference/api/"


@pytest.mark.parametrize(
    ("query", "sought", "within"),
    [
        ("nan", f"{API}values-and-graphs/#autograd_tiny.find_nonfinite", 1),
        ("nan", "how-to/find-out-why-a-network-does-not-learn/#find-where-a-nan-began", 3),
        ("grad", f"{API}derivatives-of-functions/#autograd_tiny.grad", 1),
        ("Value", f"{API}values-and-graphs/#autograd_tiny.Value", 1),
        ("Value.backward", f"{API}values-and-graphs/#autograd_tiny.Value.backward", 1),
        ("backward", f"{API}values-and-graphs/#autograd_tiny.Value.backward", 1),
        ("backward", "explanation/backward/", 3),
        ("MLP", f"{API}networks/#autograd_tiny.nn.MLP", 1),
        ("softmax", f"{API}functions/#autograd_tiny.softmax", 1),
        ("adam", f"{API}training/#autograd_tiny.optim.Adam", 1),
        ("how do I train a network?", "how-to/train-a-network/", 1),
        ("install", "how-to/install-and-build/", 1),
        ("micrograd", "how-to/move-from-micrograd/", 1),
        ("onnx", "how-to/write-an-onnx-model/", 1),
        ("chain rule", "how-to/see-the-chain-rule/", 1),
        ("speed", "reference/speed/", 1),
        ("jit", "reference/jit/", 3),
        ("first gradient", "course/01-the-first-gradient/", 1),
        ("-value backward", f"{API}tapes/#autograd_tiny.Tape.backward", 1),         # lunr's sign for "without" works
    ],
)
def test_the_search_puts_first_what_is_looked_for(page, home, query, sought, within):
    page.goto(home)
    page.get_by_role("textbox", name="Search").fill(query)      # at once: no results of its first letters
    page.locator(".md-search-result__item").nth(within - 1).wait_for(state="attached")
    assert home + sought in page.evaluate(FIRST_RESULTS, within)


def test_the_search_finds_a_method_by_its_full_name_pasted_when_the_index_is_ready(page, home):
    page.goto(home)
    box = page.get_by_role("textbox", name="Search")
    box.press_sequentially("glossary")
    page.locator(".md-search-result__link").first.wait_for(state="attached")
    box.fill("Value.backward")          # no key goes down: text is pasted or spoken in this way
    page.locator(".md-search-result__link[href*='#autograd_tiny.Value.backward']").first.wait_for(state="attached")


def test_frames_of_the_first_page_have_no_switch_of_their_own(page, home):
    page.goto(home)
    for name in ("film", "explore"):
        frame = page.locator(f"iframe[src$='{name}.html']").content_frame
        frame.get_by_role("button").first.wait_for()
        assert frame.get_by_role("button", name=re.compile("Theme")).count() == 0
    assert frame.get_by_role("button", name="Reset").count() == 1


def test_the_switch_of_the_site_turns_frames_dark(page, home):
    page.goto(home)
    for name in ("light", "dark"):
        page.locator("form[data-md-component=palette] label:not([hidden])").click()
        for frame in page.frames[1:]:
            frame.locator(f"html[data-around={name}]").wait_for(state="attached")


def test_there_is_a_page_for_each_notebook_with_its_exercises(page, home):
    chapters = [address for address in PAGES if address.startswith("course/")]
    assert len(chapters) == 13
    page.goto(home + chapters[0])
    assert page.get_by_role("heading", name=re.compile("^Exercise 1")).count() == 1
    assert page.locator("math").count() > 20


@pytest.mark.parametrize("address", [address for address in PAGES if address.startswith("course/")] or [None])
def test_a_chapter_says_where_it_can_be_run(address):
    number = address.removeprefix("course/")[:2]
    links = document(SITE / address / "index.html").links
    runs_here = any(link.endswith(f"try/?chapter={number}") for link in links)
    assert runs_here == (number in {"01", "02", "03", "04", "13"})
    page = (SITE / address / "index.html").read_text(encoding="utf-8")
    assert runs_here or 'To run this chapter, <a href="../../how-to/install-and-build/">' in page

"""Pages that one can touch, in headless Chromium: their bytes, the time until they are there, and that of a frame."""
from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from math import cos, pi, sin
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from autograd_tiny import Value, explore, nn, parse, perceptron, play, playground

from .seeing import expression
from ..timing import Answers

FRAMES = 120
# the script of all frames that the page asked for
COUNT_FRAMES = """(() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.frames_taken = [];
  window.requestAnimationFrame = (draw) => ask((now) => {
    const start = performance.now();
    draw(now);
    window.frames_taken.push(performance.now() - start);
  });
})()"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
TAKEN = f"window.frames_taken.length > {FRAMES} && window.frames_taken"
WAIT = """() => new Promise((done) => {
  const look = () => {
    const found = %s;
    if (found) done(found);
    else setTimeout(look, 20);
  };
  look();
})"""
# a slider goes from end to end; that of a film, which has few places, several times
MOVE = """(frames) => {
  const slider = document.querySelector("#leaves input[type=range], .playback input[type=range]"), taken = [];
  const low = Number(slider.min), high = Number(slider.max);
  const places = slider.closest(".playback") ? high - low + 1 : frames;
  for (let k = 0; k < frames; k++) {
    slider.value = String(low + ((high - low) * (k % places)) / (places - 1));
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    taken.push(performance.now() - start);
  }
  return taken;
}"""

STEP = """(frames) => Array.from({ length: frames }, () => {
  const start = performance.now();
  document.getElementById("step").click();
  return performance.now() - start;
})"""


def example() -> Any:
    return explore(parse("x=a+b; y=b+c; x*y", a=-1, b=3, c=4))


def large() -> Any:
    return explore(expression(200), max_nodes=500)


def network() -> Any:
    random.seed(0)
    model = nn.MLP(8, [16, 16, 1], activation="tanh")
    loss = (model([Value(random.uniform(-1, 1), f"x{k}") for k in range(8)]) - 1.0) ** 2
    return explore(loss, depth=2)


def spiral() -> tuple[list[list[float]], list[float]]:
    """400 points in two spiral arms."""
    points, targets = [], []
    for k in range(400):
        t = (k // 2 + 1) / 201
        angle = 3 * pi * t + pi * (k % 2)
        points.append([1.8 * t * sin(angle), 1.8 * t * cos(angle)])
        targets.append(float(k % 2))
    return points, targets


def model(*units: int) -> nn.MLP:
    random.seed(0)
    return nn.MLP(2, [*units, 1], activation="tanh")


def learning(*units: int) -> Any:
    return playground(model(*units), *spiral())


def film(*units: int) -> Any:
    return play(model(*units), *spiral(), loss="binary_cross_entropy", optimizer="adam", lr=0.02, batch_size=32)


PAGES: dict[str, Callable[[], Any]] = {
    "example": example, "large": large, "network": network,
    "2-8-8-1": lambda: learning(8, 8), "2-32-32-32-1": lambda: learning(32, 32, 32),
    "film": lambda: film(8, 8), "large film": lambda: film(32, 32, 32), "unit": lambda: perceptron(data="xor"),
}


def measured(name: str) -> dict[str, float]:
    """The bytes of a page, the milliseconds until it is made and painted, and those of the script of its frames."""
    from playwright.sync_api import sync_playwright

    PAGES[name]()
    start = perf_counter()
    page = PAGES[name]()
    made, size = 1e3 * (perf_counter() - start), len(page.html.encode())
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        path = page.save(Path(folder, "page.html")).as_uri()
        paints = []
        for _ in range(5):
            tab = browser.new_page()
            tab.add_init_script(COUNT_FRAMES)
            tab.goto(path)
            paints.append(tab.evaluate(WAIT % FIRST_PAINT))
        if tab.locator("#leaves, .playback").count():
            frames = tab.evaluate(MOVE, FRAMES)
        elif tab.locator(".unit-plane").count():
            frames = tab.evaluate(STEP, FRAMES)
        else:
            tab.click("#play")
            frames = tab.evaluate(WAIT % TAKEN)
        browser.close()
    warm = frames[10:]
    return {"bytes": size, "made": made, "painted": median(paints), "frame": median(warm), "longest": max(warm)}


def pages(name: str) -> Answers:
    return {"result": lambda: measured(name)}

"""Pages that one can touch."""
from __future__ import annotations

from measuring.processes import Worker, missing
from measuring.tables import Row, at_most, table

TITLE = "## pages: in headless Chromium, in milliseconds\n\n"
PAGES = {
    "example": "`explore` of f = (a+b)(b+c)", "large": "`explore` of 200 values",
    "network": "`explore` of a network 8-16-16-1, layers folded",
    "2-8-8-1": "`playground`, 2-8-8-1, 400 points", "2-32-32-32-1": "`playground`, 2-32-32-32-1, 400 points",
    "film": "`play` of a training, 2-8-8-1, 400 points", "large film": "`play` of a training, 2-32-32-32-1, 400 points",
    "unit": "`perceptron`",
}
MOST_BYTES = {"example": 120_000, "2-8-8-1": 400_000}
MOST_MEDIAN, MOST_OF_ALL = {"2-8-8-1": 8}, {"2-32-32-32-1": 50}         # milliseconds


def pages() -> str:
    absent = missing("chromium") or missing("playwright")
    if absent:
        return f"{TITLE}Left out: Chromium or playwright is {absent}.\n"
    head = ["page", "bytes", "made", "first paint", "script of a frame", "the longest"]
    return f"""\
{TITLE}By the clock on the wall. Made: from the call in Python to the page. First paint: from opening the file. A frame
of `explore` and `play` is one movement of a slider, one of `playground` as many updates as its speed asks for, one of
`perceptron` an update by each rule.

{table(head, [row(page) for page in PAGES])}
"""


def row(page: str) -> Row:
    worker = Worker("pages", (page,))
    found = worker.ask("result")
    worker.close()
    size, frame, longest = found["bytes"], found["frame"], found["longest"]
    return [
        PAGES[page], at_most(MOST_BYTES[page], size) if page in MOST_BYTES else size, found["made"], found["painted"],
        at_most(MOST_MEDIAN[page], frame) if page in MOST_MEDIAN else frame,
        at_most(MOST_OF_ALL[page], longest) if page in MOST_OF_ALL else longest,
    ]

"""The search of the site: which pages come first, how names are found, and that a word comes before longer ones.

The theme makes the index and asks it for all words that begin with the ones typed. Rare words count more there, so that
"nan" alone would first find the nanoseconds of the measurements.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words.js"
NAME = "#autograd_tiny."
BESIDES = {"course", "dask", "sklearn", "textbook", "vectors"}    # modules with names that other modules have, too
SOUGHT = dict.fromkeys(("detect_anomaly", "find_nonfinite"), "nan, infinity")     # what one looks for who needs a name
LEFT_OUT = "reference/measurements/"                    # whose sections are tables of numbers
BOOSTS = {                                              # by the beginning of the address; 1 where there is none
    "how-to/": 2.0, "course/": 0.7, "teaching/": 0.5, "documentation/": 0.3,
    "changelog/": 0.3, "code-of-conduct/": 0.3, "contributing/": 0.3, "releasing/": 0.3, "security/": 0.3,
}


def improve(site: Path) -> None:
    """Rewrites the index and the worker of a built site."""
    index = site / "search/search_index.json"
    data = json.loads(index.read_text(encoding="utf-8"))
    data["docs"] = improved(data["docs"])
    index.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
    [worker] = site.glob("assets/javascripts/workers/search.*.js")
    worker.write_text(WORDS.read_text(encoding="utf-8") + worker.read_text(encoding="utf-8"), encoding="utf-8")


def improved(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries with their boosts. The title of a name is all of it, and no section has the title of its page."""
    pages: dict[str, dict[str, Any]] = {}
    found = []
    for entry in entries:
        location = entry["location"]
        address, _, anchor = location.partition("#")
        page = pages.setdefault(address, entry)
        if anchor and address == LEFT_OUT:
            continue
        if anchor and entry["title"] == page["title"]:
            page["text"] = f"{entry['text']} {page['text']}"
            continue
        _, _, name = location.partition(NAME)
        if name:
            entry["title"] = f"{name} ({SOUGHT[name]})" if name in SOUGHT else name
        entry["boost"] = _boost_of_name(name) if name else _boost_of_page(address)
        found.append(entry)
    return found


def _boost_of_page(address: str) -> float:
    return next((boost for beginning, boost in BOOSTS.items() if address.startswith(beginning)), 1.0)


def _boost_of_name(name: str) -> float:
    """A function or a class comes before the pages about it, and before members of classes and less common modules."""
    *around, _ = name.split(".")
    if set(around) & BESIDES:
        return 1.5
    return 2.5 if any(part[0].isupper() for part in around) else 5.0

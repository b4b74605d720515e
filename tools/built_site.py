"""Says how large the site is that `make docs` has built, and how to look at it: `python tools/built_site.py`."""
from __future__ import annotations

from pathlib import Path

SITE = Path(__file__).resolve().parents[1] / "site"
PORT = 8000             # of http.server, unless another is given


def megabytes(folder: Path) -> str:
    """The size of all files in a folder."""
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f} MB"


def summary(site: Path) -> str:
    """A line with the sizes, and one with what to do next.

    Pages are read from a server and not from files: otherwise browsers refuse to load the search, and Python.
    """
    page = site / "try"
    sizes = f"{site.name}/ has {megabytes(site)}"
    if page.exists():
        sizes += f", of which {site.name}/{page.name}/, the page that runs Python, has {megabytes(page)}"
    return (
        f"{sizes}\n"
        f"to look at it: python3 -m http.server --bind 127.0.0.1 --directory {site.name}, and open http://127.0.0.1:{PORT}"
    )


if __name__ == "__main__":
    print(summary(SITE))

"""Where the files of the repository are in the site, and what becomes of the links between them."""
from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = "https://github.com/autograd-tiny/autograd_tiny"
SITE = "https://autograd-tiny.github.io/autograd_tiny/"
MOVED = {                               # files that have another place in the site than in the repository
    "README.md": "index.md",
    "docs/index.md": "documentation.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "SECURITY.md": "security.md",
    "benchmarks/results.md": "reference/measurements.md",
}
LANGUAGES = {".py": "python", ".pyi": "python", ".h": "c", ".js": "javascript", ".toml": "toml", ".yml": "yaml"}
CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.S | re.M)
LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")


def addresses() -> tuple[str, str]:
    """The address of the repository and that of the site, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = {name.lower(): url for name, url in project.get("urls", {}).items()}
    repository = urls.get("repository") or urls.get("source") or ADDRESS
    site = urls.get("documentation", SITE)
    return repository.rstrip("/"), (site if site != repository else SITE).rstrip("/") + "/"


def try_it() -> str:
    """The address of the page that runs the package in the browser: it is built beside the site, not by mkdocs."""
    return f"{addresses()[1]}try/"


def place(path: str) -> str:
    """Where a file of the repository is in the site; "" for one that has no page, such as a folder."""
    if path in MOVED:
        return MOVED[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if path.startswith("notebooks/") and path.endswith(".ipynb"):
        return f"course/{posixpath.basename(path)}"
    return f"source/{path}.md" if (ROOT / path).is_file() else ""


def address_of(place: str) -> str:
    """The address of a page below that of the site."""
    stem, extension = posixpath.splitext(place)
    if extension not in (".md", ".ipynb"):
        return place
    return "" if stem == "index" else f"{stem}/"


def target_of(link: str, origin: str) -> tuple[str, str]:
    """The file of the repository that a link in the file `origin` leads to, and the anchor; "" where it leaves it."""
    path, _, anchor = link.partition("#")
    if "://" in link or link.startswith("mailto:") or not path:
        return "", anchor
    return posixpath.normpath(posixpath.join(posixpath.dirname(origin), path)), anchor


def with_links(markdown: str, origin: str, rewrite: Callable[[str, str, str], str]) -> str:
    """A text of the file `origin` with other links, but for those in code.

    rewrite: gives the new link for a link, the file it leads to and the anchor.
    """
    def renew(found: re.Match[str]) -> str:
        target, anchor = target_of(found[0], origin)
        return rewrite(found[0], target, anchor) if target else found[0]

    parts = CODE.split(markdown)
    parts[::2] = [LINK.sub(renew, part) for part in parts[::2]]
    return "".join(parts)


def linked_sources() -> list[str]:
    """The files of source text that pages, the README and notebooks link to: each has a page of its own."""
    found = set()

    def note(link: str, target: str, anchor: str) -> str:
        if place(target).startswith("source/"):
            found.add(target)
        return link

    notebooks = [*ROOT.glob("notebooks/*.ipynb")]
    for page in [*ROOT.glob("docs/**/*.md"), *(ROOT / name for name in MOVED), *notebooks]:
        with_links(page.read_text(encoding="utf-8"), page.relative_to(ROOT).as_posix(), note)
    return sorted(found)


def source_page(path: str, address: str) -> str:
    """A page that shows a file, with its lines numbered."""
    text = (ROOT / path).read_text(encoding="utf-8").rstrip("\n")
    language = LANGUAGES.get(posixpath.splitext(path)[1], "text")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    meta = f'title: {path}\ndescription: "The file {path} of autograd_tiny."\nsearch: {{exclude: true}}\nhide: [toc]\n'
    where = f"[In the repository]({address}/blob/main/{path})"
    return f'---\n{meta}---\n# {path}\n\n{where}\n\n{fence}{language} linenums="1"\n{text}\n{fence}\n'


def summary(markdown: str) -> str:
    """The first paragraph of a page as plain text: what search engines show."""
    paragraphs = re.split(r"\n\s*\n", re.sub(r"^---\n.*?\n---\n|<!--.*?-->", "", markdown, flags=re.S).strip())
    for paragraph in paragraphs:
        if paragraph and not re.match(r"[#|<!`\-*:$]", paragraph):
            text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[`*$]", lambda found: found[1] or "", paragraph)
            return " ".join(text.split())
    return ""

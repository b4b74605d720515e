"""What mkdocs calls while it builds the site (mkdocs.yml): pages that lie outside of docs/, links, pictures.

The parts: repository.py for places and links, navigation.py, notebooks.py and mathematics.py for the course,
reference.py for the pages made from docstrings, charts.py for the pictures of measurements, live.py for the film on the
first page, refined.py for what other pages get, search.py and words.js for the search.
"""
from __future__ import annotations

import posixpath
import re
from pathlib import Path
from shutil import which
from typing import Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

import charts
import live
import mathematics
import navigation
import notebooks
import reference
import refined
import repository
import search

ROOT = repository.ROOT
PAGES = Path(__file__).parent / "pages"
COPIES = ROOT / "build" / "site"                       # of notebooks, with the links of the site
HAS_TRY = which("npm") is not None                      # with it, `make docs` builds the page that runs the package
WIDE = ("docs/reference/operations.md",)                # pages with tables of long formulas

origins: dict[str, str] = {}                            # the file of the repository that a page shows, by its place


def on_config(config: Any) -> Any:
    """The addresses of the repository and of the site are those of pyproject.toml; docs/index.md is the navigation."""
    config.repo_url, config.site_url = repository.addresses()
    config.nav = navigation.navigation(repository.try_it() if HAS_TRY else "")
    return config


@event_priority(100)                                    # before mkdocs-jupyter looks for notebooks
def on_files(files: Files, config: Any) -> Files:
    """Pages are added: the first one, the course, the changelog, sources, and the reference from docstrings."""
    origins.clear()
    files.remove(files.get_file_from_path("index.md"))
    for file in files:
        origins[file.src_uri] = f"docs/{file.src_uri}"

    def add(place: str, origin: str = "", inclusion: InclusionLevel = InclusionLevel.INCLUDED, **source: Any) -> None:
        files.append(File.generated(config, place, inclusion=inclusion, **source))
        if origin:
            origins[place] = origin

    for origin, place in repository.MOVED.items():
        source = PAGES / "index.md" if place == "index.md" else ROOT / origin
        add(place, "" if place == "index.md" else origin, abs_src_path=str(source))
    for path in repository.linked_sources():
        text = repository.source_page(path, config.repo_url)
        add(repository.place(path), inclusion=InclusionLevel.NOT_IN_NAV, content=text)
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        origin = path.relative_to(ROOT).as_posix()
        place = repository.place(origin)
        files.append(File(place, str(COPIES), config.site_dir, config.use_directory_urls))
        origins[place] = origin
    for section in reference.sections():
        add(section.file, content=reference.page(section, live.second_names()))
    for name, content in live.frames().items():
        add(f"assets/live/{name}", content=content)
    add("assets/notebook.js", content=live.notebook_script())
    add("assets/math.woff2", content=mathematics.font())
    _prepare_notebooks(files, config)
    return files


def _prepare_notebooks(files: Files, config: Any) -> None:
    """The copies of notebooks that the site is made from."""
    for file in files:
        origin = origins.get(file.src_uri, "")
        if origin.endswith(".ipynb"):
            def rewrite(link: str, target: str, anchor: str, file: File = file) -> str:
                place = repository.place(target)
                here, there = (repository.address_of(each) for each in (file.src_uri, place))
                url = f"{posixpath.relpath(there or '.', here)}/" if place else _outside(link, target, config)
                return f"{url}#{anchor}" if anchor else url

            copy = COPIES / file.src_uri
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(notebooks.prepared(origin, rewrite), encoding="utf-8")


def _outside(link: str, target: str, config: Any) -> str:
    """The address of a folder in the repository."""
    if not (ROOT / target).exists():
        raise FileNotFoundError(f"a link leads to {target}, which is not there: {link}")
    return f"{config.repo_url}/tree/main/{target}"


@event_priority(100)
def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links to files of the repository become links to pages; each page says in a sentence what it is about."""
    origin = origins.get(page.file.src_uri, "")
    if origin.endswith(".ipynb"):
        page.meta["description"] = notebooks.description(origin)
        return markdown
    page.meta.setdefault("description", repository.summary(markdown))
    if not origin:
        return markdown.replace("<!-- chart -->", refined.with_units(charts.summary()))

    def rewrite(link: str, target: str, anchor: str) -> str:
        place = repository.place(target)
        if not place:
            return _outside(link, target, config)
        path = posixpath.relpath(place, posixpath.dirname(page.file.src_uri) or ".")
        return f"{path}#{anchor}" if anchor else path

    if origin in WIDE:
        page.meta["hide"] = ["toc"]
    markdown = repository.with_links(markdown, origin, rewrite)
    if origin == "docs/reference/speed.md":
        markdown = charts.with_charts(markdown)
    if origin == "docs/explanation/glossary.md":
        markdown = refined.with_anchors(markdown)
    return refined.with_units(markdown)


def on_page_content(html: str, page: Any, config: Any, files: Files) -> str:
    """Notebooks without the styles and scripts of JupyterLab; a cell above a column that has no title is no title.

    On narrow pages, the style sheet makes blocks of the rows of tables with long formulas.
    """
    html = notebooks.cleaned(html) if page.file.src_uri.endswith(".ipynb") else html
    if origins.get(page.file.src_uri) in WIDE:
        html = html.replace("<table>", '<div class="rows"><table>').replace("</table>", "</table></div>")
    return re.sub(r"<th([^>]*)>\s*</th>", r"<td\1></td>", html)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """The first page links to the one that runs the package in the browser."""
    context["has_try"] = HAS_TRY
    return context


def on_post_page(output: str, page: Any, config: Any) -> str:
    """What the theme leaves out for screen readers: the dialog of the search has a name.

    Links to the page that runs the package lead to the one of this site, if it is built.
    """
    if HAS_TRY:
        address = repository.try_it()
        output = output.replace(f'href="{address}', f'href="{get_relative_url("try/", page.url)}')
    return output.replace('class="md-search" data-md-component="search" role="dialog"',
                          'class="md-search" data-md-component="search" role="dialog" aria-label="Search"')


def on_post_build(config: Any) -> None:
    """The search puts first what is most often looked for."""
    search.improve(Path(config.site_dir))

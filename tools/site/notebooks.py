"""Notebooks for the site: what is done before mkdocs-jupyter converts them, and what with the HTML that it makes."""
from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

from mathematics import with_mathml
from repository import ROOT, summary, try_it, with_links

sys.path.append(str(ROOT / "tools"))
from try_page import chapters

CONTENT = '<div class="jupyter-wrapper">'


def prepared(path: str, rewrite: Callable[[str, str, str], str]) -> str:
    """A notebook with the links of the site, with MathML for TeX, and with the way to run it below its title."""
    notebook = json.loads((ROOT / path).read_text(encoding="utf-8"))
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    for cell in texts:
        cell["source"] = with_mathml(with_links("".join(cell["source"]), path, rewrite))
    if not any(re.search("^## ", cell["source"], re.M) for cell in texts):
        for cell in texts:                              # no level of headings is left out
            cell["source"] = re.sub("^###", "##", cell["source"], flags=re.M)
    title, rest = texts[0]["source"].split("\n", 1)
    texts[0]["source"] = f"{title}\n\n{way_to_run(path)}\n{rest}"
    return json.dumps(notebook)


def way_to_run(path: str) -> str:
    """A link to the page that runs a chapter in the browser; where that cannot be, what the chapter needs."""
    chapter = next(each for each in chapters() if each.notebook == ROOT / path)
    if chapter.needs:
        *others, last = chapter.needs
        needs = f"{', '.join(others)} and {last}" if others else last
        text = f'To run this chapter, <a href="../../how-to/install-and-build/">install the package</a> with {needs}.'
    else:
        text = f'<a class="md-button" href="{try_it()}?chapter={chapter.number}">Run this chapter in the browser</a>'
    return f'<p class="run">{text}</p>\n'


def description(path: str) -> str:
    """The first paragraph of a notebook."""
    cells = json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]
    return summary("\n\n".join("".join(cell["source"]) for cell in cells[:3] if cell["cell_type"] == "markdown"))


def cleaned(html: str) -> str:
    """A converted notebook without the styles and scripts of JupyterLab, which would be 600 KB on every page.

    What is left has the site's style sheet, its colours of code and its buttons to copy.
    """
    _, begin, rest = html.partition(CONTENT)
    body, _, _ = rest.rpartition("</div> <!-- jupyter-wrapper -->")
    assert begin and body, "mkdocs-jupyter no longer writes the frame that its version had"
    body = re.sub(r'<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>', "", body, flags=re.S)
    body = re.sub(r'<div class="clipboard-copy-txt" id="cell-[^"]*">.*?</div>', "", body, flags=re.S)
    body = re.sub(
        r'<div class="highlight(?:-ipynb hl-\w+\s*)?"><pre>(?:<span></span>)?(.*?)</pre>',
        r'<div class="language-python highlight"><pre><span></span><code>\1</code></pre>', body, flags=re.S,
    )
    body = re.sub(r'<a class="anchor-link" href="([^"]*)">¶</a>',
                  r'<a class="headerlink" href="\1" title="Permanent link">¶</a>', body)
    body = re.sub(r'<div class="jp-(?:In|Out)putPrompt[^"]*">[^<]*</div>', "", body)
    body = re.sub(r' id="cell-id=[^"]*"', "", body)     # a script of the theme takes it for a selector
    outputs = '<div class="jp-Cell-outputWrapper"'
    body = body.replace(outputs, f"{outputs} data-search-exclude")
    return f"{CONTENT}{body}</div>"

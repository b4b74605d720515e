"""Notebooks for the site: what is done before mkdocs-jupyter converts them, and what with the HTML that it makes."""
from __future__ import annotations

import json
import re
from collections.abc import Callable

from mathematics import with_mathml
from repository import ROOT, summary, with_links

CONTENT = '<div class="jupyter-wrapper">'


def prepared(path: str, rewrite: Callable[[str, str, str], str]) -> str:
    """A notebook with the links of the site, and with MathML for TeX."""
    notebook = json.loads((ROOT / path).read_text(encoding="utf-8"))
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    for cell in texts:
        cell["source"] = with_mathml(with_links("".join(cell["source"]), path, rewrite))
    if not any(re.search("^## ", cell["source"], re.M) for cell in texts):
        for cell in texts:                              # no level of headings is left out
            cell["source"] = re.sub("^###", "##", cell["source"], flags=re.M)
    return json.dumps(notebook)


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

"""What axe-core, a checker of accessibility, finds in a page. CI installs it; elsewhere AXE_CORE names axe.min.js."""
import os
from pathlib import Path

from references.optional import missing


def violations(page):
    """The rules of WCAG 2.2, levels A and AA, and of good practice that the page breaks, with the elements."""
    path = os.environ.get("AXE_CORE", "")
    if not path:
        missing("AXE_CORE names no axe.min.js: npm install axe-core")
    page.evaluate(Path(path).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]]

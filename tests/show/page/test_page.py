"""A page of its own: one file, which runs its own script and no other."""
import hashlib
import re
from base64 import b64encode

import pytest

from autograd_tiny.show.page import Page


def policy(page):
    return re.search(r'Content-Security-Policy" content="([^"]*)"', page.html)[1]


@pytest.mark.parametrize("script", ["", 'const a = "<b> ∂";\n'])
def test_the_policy_allows_the_scripts_of_the_page_and_no_other(script):
    page = Page("a page", "<p>body</p>", script=script)
    written = re.findall("<script>(.*?)</script>", page.html, re.DOTALL)
    sources = [f"'sha256-{b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in written]
    assert f"script-src {' '.join(sources)};" in policy(page)
    assert policy(page).startswith("default-src 'none'; ") and script in (*written, "")


def test_a_page_is_shown_in_a_frame_and_saved_as_a_file(tmp_path):
    page = Page('"x" <b>', "<p>body</p>", height=300)
    assert 'sandbox="allow-scripts"' in page._repr_html_() and "height: 300px" in page._repr_html_()
    assert "<b>" not in page._repr_html_()
    assert page.save(tmp_path / "a.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"ends in \.html is expected"):
        page.save(tmp_path / "a.txt")

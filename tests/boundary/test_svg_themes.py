"""An SVG in both themes: rules for the colours that occur in it, and nothing else is changed."""
import re
import xml.etree.ElementTree as ET

from autograd_tiny.boundary.svg_themes import in_both_themes

SVG = '<svg width="4"><path fill="#ffffff" stroke="#112233"/><g style="fill: #aabbcc"/><path fill="white"/></svg>'
TWINS = {"#ffffff": "#000001", "#112233": "#000002", "#aabbcc": "#000003", "#dddddd": "#000004"}


def test_each_colour_that_occurs_has_a_rule():
    svg = in_both_themes(SVG, TWINS)
    rules = re.findall(r"\.themed-\w+ (\[[^{]*\{[^}]*\})", svg)
    assert [rule for rule in rules if "light-dark" in rule] == [
        '[fill="#ffffff"]{fill:light-dark(#ffffff,#000001)}', '[fill="white"]{fill:light-dark(#ffffff,#000001)}',
        '[stroke="#112233"]{stroke:light-dark(#112233,#000002)}',
        '[style*="fill: #aabbcc"]{fill:light-dark(#aabbcc,#000003)!important}',
    ]


def test_without_its_class_and_style_it_is_the_given_one():
    svg = in_both_themes(SVG, TWINS, "#eeeeee")
    assert ET.fromstring(svg).get("class") in svg
    assert re.sub(r' class="[^"]*"|<style>.*</style>\n', "", svg) == SVG


def test_elements_with_other_rules_have_another_class():
    names = {ET.fromstring(in_both_themes(SVG, twins)).get("class") for twins in (TWINS, {"#ffffff": "#000009"})}
    assert len(names) == 2

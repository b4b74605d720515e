"""Mermaid: reports about large flowcharts, which it refuses with a message about syntax, or with none."""
import warnings

import pytest

from autograd_tiny import Value, draw


def chain(edges):
    value = Value(1.0, "x")
    for _ in range(edges // 2):
        value = value.sin()
    return value


def test_a_flowchart_beyond_the_limit_says_so():
    """5042, 8262: more than 500 edges are an error when it is drawn, long after the text was made."""
    with pytest.warns(UserWarning, match="up to 500 edges"):
        text = draw(chain(502), max_nodes=1000).mermaid
    assert text.count("-->") == 502
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw(chain(500)).mermaid.count("-->") == 500

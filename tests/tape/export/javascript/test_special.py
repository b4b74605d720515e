"""The functions that JavaScript lacks are as precise as those of the engine: within 4 units in the last place."""
import math

import numpy as np
import pytest
from references.javascript.node import text_of
from references.operations import MP, REFERENCES, VALUE_SLACK, is_close, no_slack, perform

from autograd_tiny import Value, record

RANDOM = np.random.default_rng(0)
MORE = {                        # beside the points of the references
    "erf": RANDOM.normal(size=300), "erfc": RANDOM.uniform(-2.0, 27.0, 300), "erfinv": RANDOM.uniform(-1.0, 1.0, 200),
    "lgamma": RANDOM.uniform(-6.0, 40.0, 300), "exp2": RANDOM.uniform(-1070.0, 1020.0, 200),
}


@pytest.mark.parametrize("name", [
    "erf", "erfc", "erfinv", "lgamma", "digamma", "polygamma", "exp2", "hypot", "pow", "fmod", "round", "logsumexp",
])
def test_values(node, tmp_path, name):
    reference, slack = REFERENCES[name], VALUE_SLACK.get(name, no_slack)
    points = [*reference.points, *((x,) for x in MORE.get(name, np.zeros(0)).tolist())]
    for count in {len(point) for point in points}:
        leaves = [Value(0.5) for _ in range(count)]
        xs = [point for point in points if len(point) == count]
        file = text_of(record(perform(name, leaves), leaves), tmp_path)
        for point, got in zip(xs, node("values", file=file, x=np.array(xs))["values"].tolist(), strict=True):
            exact = reference.value(*map(MP.mpf, point))
            if math.isfinite(float(exact)):
                assert is_close(got, exact, slack(float(exact), *point)), (point, got, exact)

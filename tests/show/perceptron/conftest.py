"""Node, which runs the computation of the page."""
import pytest
from references.javascript.node import Node


@pytest.fixture(scope="module")
def node():
    process = Node()
    yield process
    process.close()

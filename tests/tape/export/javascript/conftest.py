"""Node, which runs the JavaScript."""
import pytest
from references.javascript.node import Node


@pytest.fixture(scope="module")
def node():
    process = Node()
    yield process
    process.close()

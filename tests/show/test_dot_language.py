"""The graphviz library: where it is needed, and where it is not."""
import subprocess
import sys

import pytest

from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw


def test_without_the_graphviz_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match="pip install graphviz"):
        _ = draw(Value(1.0)).svg
    with pytest.raises(ImportError, match="pip install graphviz"):
        draw(nn.Neuron(1))


def test_the_graph_library_is_imported_when_it_is_needed():
    code = "import sys, autograd_tiny.show; sys.exit('graphviz' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)

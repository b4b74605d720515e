"""`explain`: the chain rule between two Values, path by path. Begin with explanation.py."""
from .explanation import Explanation as Explanation, explain as explain

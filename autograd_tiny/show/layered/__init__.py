"""A layered layout of graphs in plain Python, for pages that can run no layout program. Begin with layout.py.

The steps are those of K. Sugiyama, S. Tagawa and M. Toda, Methods for Visual Understanding of Hierarchical System
Structures (1981): layers (layers.py), the order in each of them (ordering.py), coordinates (coordinates.py).
graph_picture.py draws the scene of a computation with it.
"""

"""Pictures of a computation graph. scene.py collects the contents of a picture, drawing.py writes it for Graphviz.

    folding.py, module_paths.py, same_scope.py     which Values belong to which module, and are folded into its box
    highlight.py, shading.py, frames.py, legend.py the parts of a drawing
    graph_picture.py                               the picture that `draw` returns
    text_tree.py, table.py, mermaid.py             the same scene as text
    mode_picture.py                                the two passes of compare_modes
    arguments.py                                   checks
"""

"""The calculus in ONNX: formulas become nodes of a graph that ONNX runtimes load.

graph.py collects the nodes and writes the file; symbols.py has the tensors that formulas are evaluated on, and
functions.py says which operator, or which composition of operators, each function is. nn/onnx_file.py and
tape/export/onnx_file.py build on them.
"""

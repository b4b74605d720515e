"""One unit and its line in the plane, trained in two ways side by side: perceptron.py makes the page.

units.js has the two updates, separation.js says whether a line can separate the points, arithmetic.js writes an update
out, plane.js draws, points.js has data sets, and main.js puts these together.
"""

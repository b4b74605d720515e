"""The film of a training on a data set: course.py trains and keeps the frames, page.py puts them on a page.

The page computes all that it shows from the parameters of a frame: training.js by the tape, plane.js the colours of the
plane, diagram.js the diagram, chain_rule.js the sentences about one parameter. film.js puts these together.
"""

"""The network of worked example B: two inputs, two hidden units, two outputs."""

INPUTS, TARGETS = [0.1, 0.2], [0.5, 0.5]
GIVEN = {"w1": 0.27, "w3": 0.57, "b1": 0.4}
CHOSEN = {"w2": 0.37, "w4": 0.47, "w5": 0.6, "w6": -0.75, "w7": 0.7, "w8": 0.15, "b2": 0.2}
EDGES = {
    "w1": ("i1", "h1"), "w2": ("i1", "h2"), "w3": ("i2", "h1"), "w4": ("i2", "h2"),
    "w5": ("h1", "o1"), "w6": ("h1", "o2"), "w7": ("h2", "o1"), "w8": ("h2", "o2"),
}

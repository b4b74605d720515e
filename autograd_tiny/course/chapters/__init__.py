"""The exercises of each chapter: texts in NAME.toml, and in NAME.py JUDGES, a function of the answer for each."""

CHAPTERS = (
    "the_first_gradient",
    "why_backwards",
    "build_your_own_engine",
    "backpropagation_by_hand",
    "a_network_learns",
    "one_perceptron",
    "a_network_that_no_line_replaces",
    "a_classifier",
    "optimisers_raced",
    "names",
    "what_goes_wrong",
    "what_goes_wrong_silently",
    "self_test",
)

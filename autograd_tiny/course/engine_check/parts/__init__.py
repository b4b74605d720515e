"""The parts of the check, each for one thing that can be wrong, in this order:

    leaves.py           the number itself
    forward.py          what each operation returns
    derivatives.py      the derivatives of one operation; wrong_formulas.py tells how they were written
    reach.py            whether backward() gets to the beginning
    accumulation.py     operands that are used twice
    chains.py           the chain rule
    order.py            the order of the backward pass
    random_check.py     whatever else can be wrong
    second_pass.py      what the first pass left behind
    size.py             notes on large graphs
"""

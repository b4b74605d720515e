"""check_engine: a reader's own class for differentiation, compared with this engine.

To read it: check.py has the parts in order, examination.py what they share, trial.py how code of the reader's is run.

    leaves.py, forward.py, derivatives.py, accumulation.py, chains.py, order.py, second_pass.py
                        the parts, each for one thing that can be wrong; wrong_formulas.py for derivatives
    random_check.py     the part for whatever else can be wrong
    size.py             notes on large graphs
    graphs.py, operations.py
                        what is computed
    report.py           what is returned
"""

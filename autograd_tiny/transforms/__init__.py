"""Derivatives of functions, as in JAX: a function goes in, a function comes out. Begin with functional.py.

    functional.py          grad, jacobian, hessian, jvp, vjp, hvp, …
    call.py                one differentiation of one call of a function
    dual.py                dual numbers, for forward mode
    own_derivatives.py     functions that bring their own, as those of jit
    pytree.py              arguments in any nesting of lists, tuples, dicts and arrays
    gradient_check.py      check_gradients: differences and rounding errors bounded, derivatives judged
    finite_differences.py  derivatives by finite differences, with kinks and jumps; extrapolation.py finds their limits
    rounding.py            bounds of the rounding errors in a graph
    gradient_verdict.py    the verdict on one derivative
    mode_costs.py          what forward and reverse mode cost, for compare_modes
"""

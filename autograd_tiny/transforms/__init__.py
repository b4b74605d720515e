"""Derivatives of functions, as in JAX: a function goes in, a function comes out. Begin with functional.py.

    functional.py          grad, jacobian, hessian, jvp, vjp, hvp, …
    call.py                one differentiation of one call of a function
    dual.py                dual numbers, for forward mode
    pytree.py              arguments in any nesting of lists, tuples, dicts and arrays
    gradient_check.py      check_gradients, with finite_differences.py
    mode_costs.py          what forward and reverse mode cost, for compare_modes
"""

"""Black and Scholes' price of an option, and its derivatives with respect to what it depends on."""
from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from .calls import answers
from .derivatives import library
from .timing import Answers

LOWEST, HIGHEST = (80.0, 80.0, 0.1, 0.0, 0.1), (120.0, 120.0, 2.0, 0.05, 0.6)
INPUTS = 5          # the price of the share, the strike, the time in years, the interest rate, the volatility


def price(m: Any, norm_cdf: Any, spot: Any, strike: Any, time: Any, rate: Any, volatility: Any) -> Any:
    """F. Black and M. Scholes, The Pricing of Options and Corporate Liabilities (1973), formula 13."""
    spread = volatility * m.sqrt(time)
    d = (m.log(spot / strike) + (rate + volatility * volatility / 2.0) * time) / spread
    return spot * norm_cdf(d) - strike * m.exp(-rate * time) * norm_cdf(d - spread)


def options(engine: str, count: str) -> Answers:
    """Prices of so many options, and the derivatives of each with respect to its INPUTS."""
    x = np.random.default_rng(1337).uniform(LOWEST, HIGHEST, (int(count), INPUTS))
    if engine == "jax":
        jax, jnp = library("jax")
        norm_cdf = import_module("jax.scipy.stats").norm.cdf
        both = jax.jit(jax.vmap(jax.value_and_grad(lambda row: price(jnp, norm_cdf, *row))))
        rows = jnp.array(x)
        return answers(lambda: jax.block_until_ready(both(rows)), lambda found: found)
    ours = import_module("autograd_tiny")
    tape = ours.record(lambda *row: price(ours, ours.norm_cdf, *row), *x[0])
    return answers(lambda: tape.values_and_input_gradients(x), lambda found: found, lambda: tape(x))

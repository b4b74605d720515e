"""The public names, and where each lives. `tools/written.py` writes the table in __init__.py from here."""
from . import linalg as linalg, nn as nn, optim as optim, vectors as vectors
from .debug.anomaly import detect_anomaly as detect_anomaly
from .engine.context import no_grad as no_grad, scope as scope
from .engine.custom import operation as operation
from .engine.functions import (
    abs as abs, acos as acos, acosh as acosh, arccos as arccos, arccosh as arccosh, arcsin as arcsin,
    arcsinh as arcsinh, arctan as arctan, arctan2 as arctan2, arctanh as arctanh, asin as asin,
    asinh as asinh, atan as atan, atan2 as atan2, atanh as atanh, cbrt as cbrt, ceil as ceil, clip as clip,
    cos as cos, cosh as cosh, digamma as digamma, dot as dot, elu as elu, equal as equal, erf as erf,
    erfc as erfc, erfinv as erfinv, exp as exp, exp2 as exp2, expm1 as expm1, floor as floor,
    floor_divide as floor_divide, fmod as fmod, gelu as gelu, greater as greater,
    greater_equal as greater_equal, hypot as hypot, leaky_relu as leaky_relu, less as less,
    less_equal as less_equal, lgamma as lgamma, log as log, log10 as log10, log1p as log1p, log2 as log2,
    log_sigmoid as log_sigmoid, log_softmax as log_softmax, logaddexp as logaddexp, logsumexp as logsumexp,
    max as max, maximum as maximum, mean as mean, min as min, minimum as minimum, mish as mish, mod as mod,
    norm_cdf as norm_cdf, norm_pdf as norm_pdf, polygamma as polygamma, prod as prod, relu as relu,
    remainder as remainder, rint as rint, round as round, sigmoid as sigmoid, sign as sign, silu as silu,
    sin as sin, sinh as sinh, softmax as softmax, softplus as softplus, sqrt as sqrt, sum as sum,
    take as take, tan as tan, tanh as tanh, trunc as trunc, where as where, xlogy as xlogy,
)
from .engine.gradient_graph import gradients as gradients
from .engine.graph import find_nonfinite as find_nonfinite, topological_order as topological_order
from .engine.state import engine_kind as engine_kind
from .engine.value import Value as Value
from .expression import parse as parse
from .replay.jit import jit as jit
from .show.draw import draw as draw
from .show.explanation.explanation import explain as explain
from .show.explore.explorer import explore as explore
from .show.film.player import play as play
from .show.layout import set_layout as set_layout
from .show.mode_comparison import compare_modes as compare_modes
from .show.network.diagram import network_diagram as network_diagram
from .show.perceptron.perceptron import perceptron as perceptron
from .show.playground.playground import playground as playground
from .show.plots.confusion import plot_confusion_matrix as plot_confusion_matrix
from .show.plots.regions import plot_decision_regions as plot_decision_regions
from .show.plots.weights import plot_weights as plot_weights
from .show.report.report import diagnose as diagnose
from .tape.batches import simd as simd
from .tape.export.javascript.bundle import write_tape_js as write_tape_js
from .tape.tape import Tape as Tape, record as record
from .training.checkpoint import load_checkpoint as load_checkpoint, save_checkpoint as save_checkpoint
from .training.curves import history_svg as history_svg, plot_history as plot_history
from .training.fit import evaluate as evaluate, fit as fit, predict as predict
from .training.history import History as History
from .training.monitor import EarlyStopping as EarlyStopping
from .transforms.dual import Dual as Dual
from .transforms.functional import (
    derivative as derivative, elementwise_grad as elementwise_grad, grad as grad, hessian as hessian, hvp as hvp,
    jacfwd as jacfwd, jacobian as jacobian, jacrev as jacrev, jvp as jvp, value_and_grad as value_and_grad,
    vjp as vjp,
)
from .transforms.gradient_check import check_gradients as check_gradients

__all__: list[str]
__version__: str

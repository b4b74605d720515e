"""autograd_tiny: a scalar automatic differentiation engine, as readable as the textbook."""
from __future__ import annotations

import os
import sys

if os.environ.get("AUTOGRAD_TINY_PURE", "0") not in ("", "0"):
    # choose engine.py over the compiled engine beside it
    from importlib.util import module_from_spec, spec_from_file_location

    _spec = spec_from_file_location(f"{__name__}.engine", os.path.join(__path__[0], "engine.py"))
    assert _spec is not None and _spec.loader is not None
    sys.modules[_spec.name] = engine = module_from_spec(_spec)
    _spec.loader.exec_module(engine)

from .context import no_grad, scope
from .custom import operation
from .engine import Value, engine_kind, gradients
from .functions import *

"""Compiles engine.py where Cython and a C compiler are there. Without them the package runs all the same."""
import sys

from setuptools import Extension, setup

try:
    from Cython.Build import cythonize
except ImportError:
    extensions = []
else:
    # no fused multiply-add: both engines are to give the same numbers
    flags = ["/O2"] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"]
    source = "autograd_tiny/engine.py"
    engine = Extension("autograd_tiny.engine", [source], extra_compile_args=flags, optional=True)
    directives = {"boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3}
    extensions = cythonize([engine], compiler_directives=directives)

setup(ext_modules=extensions)

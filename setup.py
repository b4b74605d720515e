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
    engine = Extension("autograd_tiny.engine", ["autograd_tiny/engine.py"], extra_compile_args=flags)
    directives = {"boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3}
    extensions = cythonize([engine], build_dir="build", compiler_directives=directives)
    for extension in extensions:
        extension.optional = True  # to be said after cythonize, which forgets it

setup(ext_modules=extensions)

"""Programs and libraries that not every machine has: tests that need them are skipped there, but never in CI."""
import os
from importlib import import_module

import pytest


def missing(reason):
    """Skip the test, or the file that is being collected; where the variable CI is set it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def needed(name, extra):
    """The module of this name, which an extra of the package installs."""
    try:
        return import_module(name)
    except ImportError:
        return missing(f"{name} is not installed: pip install '.[{extra}]'")

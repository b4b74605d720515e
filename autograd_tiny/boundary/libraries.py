"""Libraries that only some functions need: what to do where one is missing."""
from __future__ import annotations

import sys
from collections.abc import Sequence


def missing(package: str, purpose: str) -> ImportError:
    """The error for a library that could not be imported; it names the package to install.

    Args:
        package: Its name for pip, as all indices and Pyodide have it; it may have a version, as "scikit-learn>=1.6".
        purpose: What it is for, as the subject of a sentence: "a plot".
    """
    quoted, name = f'"{package}"' if ">" in package else package, package.partition(">")[0]
    how = f"await pyodide_js.loadPackage({name!r})" if sys.platform == "emscripten" else f"pip install {quoted}"
    return ImportError(f"{purpose} needs the library {name}: {how}")


def missing_of_extra(extra: str, packages: Sequence[str], purpose: str) -> ImportError:
    """The same for several libraries, which an extra of this package names."""
    noun = "library" if len(packages) == 1 else "libraries"
    return ImportError(
        f"{purpose} needs the {noun} {' and '.join(packages)}, of the extra {extra}: pip install {' '.join(packages)}"
    )

"""Libraries that only some functions need: what to do where one is missing."""
from __future__ import annotations

import sys
from collections.abc import Sequence

DISTRIBUTION = "autograd_tiny"      # the name of this package for pip: that of pyproject.toml


def missing(libraries: str | Sequence[str], purpose: str, extra: str | None = None) -> ImportError:
    """The error for libraries that could not be imported; it says what to install.

    Args:
        libraries: Their names for pip, as all indices and Pyodide have them: one, or several.
        purpose: What they are for, as the subject of a sentence: "a plot".
        extra: The extra of this package that has them, in the versions that are needed.
    """
    names = [libraries] if isinstance(libraries, str) else [*libraries]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    if sys.platform == "emscripten":
        how = f"await pyodide_js.loadPackage({names if len(names) > 1 else names[0]!r})"
    else:
        how = f"pip install {' '.join(names)}" if extra is None else install(extra)
    return ImportError(f"{purpose} needs the {'library' if len(names) == 1 else 'libraries'} {listed}: {how}")


def install(extra: str) -> str:
    """The command that installs what an extra of this package names, as shells on all systems read it."""
    return f'pip install "{DISTRIBUTION}[{extra}]"'

"""The methods of Tape that write it in another language, or make a function of another library of it.

Each imports its module when it is called.
"""
from __future__ import annotations

from os import PathLike

from .source import Source


class Exported:
    """Tape inherits these methods."""

    def _source(self) -> Source:
        """What is exported."""
        raise NotImplementedError

    def to_javascript(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the tape as an ES module that imports nothing, for Node and browsers.

        It exports `values(x, parameters)`, `gradient(x, parameters)`, `batch(X, parameters)`, `batchGradient` and
        `inputGradients`, with the types in comments (JSDoc), and `parameters`: the present data of the parameters,
        which these functions use unless they are given others. A tape of derivatives is written likewise:
        `tape.gradient().to_javascript("df.js")`.

        Args:
            path: Of the file.
            overwrite: Whether a file that this package did not write may be replaced.

        Raises:
            TypeError: An operation is one of your own, which has no translation.
            FileExistsError: There is a file that this package did not write.
            OSError: There is no such folder, or it can't be written to.
        """
        from .javascript.module import write_module

        write_module(self._source(), path, overwrite)

"""The methods of Tape that write it in another language, or make a function of another library of it.

Each imports its module when it is called.
"""
from __future__ import annotations

from collections.abc import Sequence
from operator import index
from os import PathLike
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe
from ...boundary.libraries import missing
from ...boundary.text import quoted
from .source import Source

if TYPE_CHECKING:
    from .arrays.jax_function import JaxFunction
    from .arrays.torch_module import TapeModule


class Exported:
    """Tape inherits these methods."""

    def _source(self) -> Source:
        """What is exported."""
        raise NotImplementedError

    def to_c(
        self, path: str | PathLike[str], *, name: str | None = None, parameters: str = "array",
        gradients: int | Sequence[int] = 0, overwrite: bool = False,
    ) -> None:
        """Write the tape as a file in C99, which also compiles as C++, and its header beside it.

        The file needs nothing but math.h, and allocates nothing. With the name f it has these functions; all
        return 0, or 1 for an index out of range, and `work` is room for F_WORKSPACE numbers:

        - f(x, p, out, work): the outputs of one sample.
        - f_batch(x, samples, p, out, work): those of many.
        - f_grad(x, p, value, by_x, by_p, work): one output, and its derivatives with respect to inputs and parameters.

        Their numbers are doubles, or floats for a tape of float32, whose functions are then computed in float. A
        comment in the file lists inputs and parameters in their order; the array f_parameters has the present numbers
        of the parameters. For a Hessian, write `tape.gradient().gradient("all")`.

        Args:
            path: Of the file, "f.c". The header is "f.h".
            name: Of the functions; by default that of the file.
            parameters: "array", or "frozen" for their present numbers: then there are no arguments p and by_p.
            gradients: The index of the output that f_grad differentiates; or several, for functions f_grad_0, …; []
                for none.
            overwrite: Whether a file may be replaced that this method did not write.

        Raises:
            TypeError: An operation is one of your own, or an argument has a wrong type.
            ValueError: The path does not end with .c, the name can't be one in C, or an output is none or there twice.
            FileExistsError: There is another file of that name.
            OSError: The files can't be written, see save.
        """
        from .c.file import write_c

        source = self._source()
        outputs = _outputs(gradients, len(source.program.outputs))
        write_c(source, path, name, parameters, outputs, source.dtype, overwrite)

    def to_javascript(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the tape as an ES module that imports nothing, for Node and browsers.

        It exports `values(x, parameters)`, `gradient(x, parameters)`, `batch(X, parameters)`, `batchGradient` and
        `inputGradients`, with the types in comments (JSDoc), and `parameters`: the present data of the parameters,
        which these functions use unless they are given others. A tape of derivatives is written likewise:
        `tape.gradient().to_javascript("df.js")`.

        Args:
            path: Of the file.
            overwrite: Whether a file that this method did not write may be replaced.

        Raises:
            TypeError: An operation is one of your own, which has no translation; path is no name of a file.
            FileExistsError: There is a file that this method did not write.
            OSError: There is no such folder, or it can't be written to.
        """
        from .javascript.module import write_module

        write_module(self._source(), path, overwrite)

    def to_onnx(
        self, path: str | PathLike[str], *, opset: int | None = None, dtype: Any = None, overwrite: bool = False
    ) -> None:
        """Write the outputs, with the present data of the parameters, as an ONNX model, which many runtimes load.

        The model has one input X (batch, inputs), for any number of samples, and one output Y of the shape of tape(X).
        Layers are Gemm operators, other groups of instructions operators on blocks. There are no gradients in it; but
        those with respect to the inputs are a tape, too: see `gradient`.

        Args:
            path: The file. A model that this package wrote is replaced as a whole, or left as it is if writing fails.
            opset: The version of ONNX's operators, 13 or later; by default 20.
            dtype: "float64" or "float32"; by default that of the tape.
            overwrite: Whether to replace any other file.

        Raises:
            FileExistsError: There is another file of that name, no model of this package.
            ImportError: The library onnx is missing.
            TypeError: An operation is one of your own.
            ValueError: The opset is too old, or one that the library does not know; or the order of a polygamma is no
                constant.
            OSError: There is no such folder, or writing fails.
        """
        from . import onnx_file

        onnx_file.save(path, self._source(), opset, dtype, overwrite)

    # ---- functions of other libraries

    def to_jax(self) -> JaxFunction:
        """The tape as a pure function f(parameters, X) → outputs of JAX's arrays.

        jax.jit, grad, jacobian, hessian, vmap and shard_map take it. Its derivatives, of every order, are those of the
        tape: relu at 0, ties and selections included. f.parameters has the present numbers by name. Instructions that
        are alike are computed together, and a deep program as a loop: it compiles in seconds.

        An index of `take` that is out of range gives nan. In forward mode (jvp, jacfwd) an infinite local derivative
        times a tangent of 0 is nan.

        Returns:
            The function; see JaxFunction. Where JAX has no float64 it warns, and computes in float32.

        Raises:
            TypeError: An operation is one of your own.
            ImportError: JAX is missing.
        """
        try:
            from .arrays.jax_function import to_jax
        except ImportError as error:
            raise missing("jax>=0.6", "to_jax") from error
        return to_jax(self._source())

    def to_torch(self) -> TapeModule:
        """The tape as a torch.nn.Module, with a parameter for each of its parameters.

        forward(X) takes a tensor (B, inputs) or (inputs,). Its derivatives, of every order, are those of the tape: relu
        at 0, ties and selections included. The parameters start from the present numbers and are called by the labels
        of the Values, with underscores for all that is no letter or digit: state_dict has them. It computes in the
        tape's dtype until .float() or .double() changes that.

        An index of `take` that is out of range gives nan.

        Returns:
            The module.

        Raises:
            TypeError: An operation is one of your own.
            ImportError: PyTorch or array-api-compat is missing.
        """
        try:
            from .arrays.torch_module import to_torch
        except ImportError as error:
            lacks_torch = error.name != "array_api_compat"
            raise missing("torch>=2.4" if lacks_torch else "array-api-compat>=1.11", "to_torch") from error
        return to_torch(self._source())


def _outputs(chosen: object, count: int) -> list[int]:
    """The numbers of outputs that were asked for.

    Raises:
        TypeError: They are neither an integer nor a sequence of integers.
        ValueError: There is no such output, or one stands there twice.
    """
    listed = chosen if isinstance(chosen, list | tuple | range) else [chosen]
    found = []
    for each in listed:
        if not hasattr(each, "__index__") or isinstance(each, bool):
            raise TypeError(f"gradients: the index of an output or several are expected, got {describe(each)}")
        if not 0 <= index(each) < count:
            known = "one output, number 0" if count == 1 else f"the outputs 0 to {count - 1}"
            raise ValueError(f"gradients={quoted(chosen)}, but the tape has {known}")
        if index(each) in found:
            raise ValueError(f"gradients={quoted(chosen)} has output {index(each)} twice, for functions of one name")
        found.append(index(each))
    return found

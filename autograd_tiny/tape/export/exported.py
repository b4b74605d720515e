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

    def _source(self, dtype: Any = None) -> Source:
        """What is exported.

        Args:
            dtype: "float64" or "float32"; None for that of the tape.

        Raises:
            ValueError: Another dtype, see Tape.astype.
        """
        raise NotImplementedError

    def to_c(
        self, path: str | PathLike[str], *, name: str | None = None, parameters: str = "array",
        gradients: int | Sequence[int] = 0, dtype: Any = None, overwrite: bool = False,
    ) -> None:
        """Write the tape as a file in C99, which also compiles as C++, and its header beside it.

        The file needs nothing but math.h, and allocates nothing. With the name f it has these functions; all
        return 0, or 1 for an index out of range, and `work` is room for F_WORKSPACE numbers:

        - f(x, p, out, work): the outputs of one sample.
        - f_batch(x, samples, p, out, work): those of many.
        - f_grad(x, p, value, by_x, by_p, work): one output, and its derivatives with respect to inputs and parameters.

        A comment in the file lists inputs and parameters in their order; the array f_parameters has the present numbers
        of the parameters. For a Hessian, write `tape.gradient().gradient("all")`.

        Args:
            path: Of the file, "f.c". The header is "f.h".
            name: Of the functions; by default that of the file, with underscores for all but letters and digits.
            parameters: "array", or "frozen" for their present numbers: then there are no arguments p and by_p.
            gradients: The index of the output that f_grad differentiates; or several, for functions f_grad_0, …; []
                for none.
            dtype: "float64" for doubles, "float32" for floats, in which all functions are computed then; by default
                that of the tape.
            overwrite: Whether a file may be replaced that this method did not write.

        Raises:
            TypeError: An operation is one of Python functions, or an argument has a wrong type.
            ValueError: The path does not end with .c, the name can't be one in C, an output is none or there twice,
                another argument has none of its values, or two operations of your own have the same name.
            FileExistsError: There is another file of that name.
            OSError: There is no such folder, or writing fails.
        """
        from .c.file import write_c

        source, frozen = self._source(dtype), _is_frozen(parameters)
        write_c(source, path, name, frozen, _outputs(gradients, len(source.program.outputs)), overwrite)

    def to_javascript(
        self, path: str | PathLike[str], *, parameters: str = "array", dtype: Any = None, overwrite: bool = False
    ) -> None:
        """Write the tape as an ES module that imports nothing, for Node and browsers.

        It exports these functions of one sample x and of a batch X, with types in comments (JSDoc):

        - values(x, numbers), batch(X, numbers): the outputs.
        - gradient(x, numbers, output): an output, and its derivatives with respect to inputs and parameters.
        - batchGradient(X, numbers, weights, output): a weighted sum over samples, and its derivatives with respect to
          the parameters.
        - inputGradients(X, numbers, output): an output, and its derivatives with respect to the inputs, of each sample.

        `numbers` are those of the parameters; by default the array `parameters`, which has the present ones. A tape of
        derivatives is written likewise: `tape.gradient().to_javascript("df.js")`.

        Args:
            path: Of the file, "f.js" or "f.mjs".
            parameters: "array", or "frozen" for their present numbers: then the module has no parameters.
            dtype: "float64" or "float32"; by default that of the tape.
            overwrite: Whether a file may be replaced that this method did not write.

        Raises:
            TypeError: An operation is one of Python functions, or the path is no name of a file.
            ValueError: The path ends otherwise, another argument has none of its values, or two operations of your own
                have the same name.
            FileExistsError: There is another file of that name.
            OSError: There is no such folder, or writing fails.
        """
        from .javascript.module import write_module

        source = self._source(dtype)
        write_module(source.frozen() if _is_frozen(parameters) else source, path, overwrite)

    def to_onnx(
        self, path: str | PathLike[str], *, opset: int | None = None, dtype: Any = None, overwrite: bool = False
    ) -> None:
        """Write the outputs, with the present data of the parameters, as an ONNX model, which many runtimes load.

        The model has one input X (batch, inputs), for any number of samples, and one output Y of the shape of tape(X).
        Layers are Gemm operators, other groups of instructions operators on blocks. There are no gradients in it; but
        those with respect to the inputs are a tape, too: see `gradient`.

        Args:
            path: Of the file, "f.onnx".
            opset: The version of ONNX's operators, 13 or later; by default 20.
            dtype: "float64" or "float32"; by default that of the tape.
            overwrite: Whether a file may be replaced that is no model of this package.

        Raises:
            TypeError: An operation is one of Python functions, or an argument has a wrong type.
            ValueError: The path does not end with .onnx; the opset is too old, or one that the library does not know;
                the dtype is another one; the order of a polygamma is no constant; or two operations of your own have
                the same name.
            ImportError: The library onnx is missing.
            FileExistsError: There is another file of that name.
            OSError: There is no such folder, or writing fails.
        """
        from . import onnx_file

        onnx_file.save(path, self._source(dtype), opset, overwrite)

    # ---- functions of other libraries

    def to_jax(self, *, dtype: Any = None) -> JaxFunction:
        """The tape as a pure function f(parameters, X) → outputs of JAX's arrays.

        jax.jit, grad, jacobian, hessian, vmap and shard_map take it. Its derivatives, of every order, are those of the
        tape: relu at 0, ties and selections included. f.parameters has the present numbers by name. Instructions that
        are alike are computed together, and a deep program as a loop: it compiles in seconds.

        An index of `take` that is out of range gives nan. In forward mode (jvp, jacfwd) an infinite local derivative
        times a tangent of 0 is nan.

        Args:
            dtype: "float64" or "float32"; by default that of the tape.

        Returns:
            The function; see JaxFunction. Where JAX has no float64 it warns, and computes in float32.

        Raises:
            TypeError: An operation is one of Python functions.
            ValueError: The dtype is another one, or two operations of your own have the same name.
            ImportError: JAX is missing.
        """
        source = self._source(dtype)
        try:
            from .arrays.jax_function import to_jax
        except ImportError as error:
            raise missing("jax", "to_jax", "jax") from error
        return to_jax(source)

    def to_torch(self, *, dtype: Any = None) -> TapeModule:
        """The tape as a torch.nn.Module, with a parameter for each of its parameters.

        forward(X) takes a tensor (B, inputs) or (inputs,). Its derivatives, of every order, are those of the tape: relu
        at 0, ties and selections included. The parameters start from the present numbers and are called by the labels
        of the Values, with underscores for all that is no letter or digit: state_dict has them.

        An index of `take` that is out of range gives nan.

        Args:
            dtype: "float64" or "float32", until .float() or .double() changes it; by default that of the tape.

        Returns:
            The module.

        Raises:
            TypeError: An operation is one of Python functions.
            ValueError: The dtype is another one, or two operations of your own have the same name.
            ImportError: PyTorch or array-api-compat is missing.
        """
        source = self._source(dtype)
        try:
            from .arrays.torch_module import to_torch
        except ImportError as error:
            lacks_torch = error.name != "array_api_compat"
            raise missing("torch" if lacks_torch else "array-api-compat", "to_torch", "torch") from error
        return to_torch(source)


def _is_frozen(parameters: object) -> bool:
    """Whether the present numbers of the parameters are written into the code. ValueError for another choice."""
    if not isinstance(parameters, str) or parameters not in ("array", "frozen"):
        raise ValueError(f'parameters="array" or "frozen" is expected, got {quoted(parameters)}')
    return parameters == "frozen"


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

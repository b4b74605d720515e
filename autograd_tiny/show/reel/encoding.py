"""Images to a file that plays: GIF and WebP by Pillow, MP4 by PyAV."""
from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ...training.data import Array
from .pixels import libraries

MOST_SAMPLED = 6                    # frames of which the colours of a GIF are found
MOST_OWN = 64                       # colours that it has exactly
SLOW, FAST = 10, 20                 # pictures in a second of a video

Frames = Callable[[], Iterator[Any]]            # images of Pillow, from the first one each time


def gif(frames: Frames, durations: Sequence[int], colours: Sequence[str]) -> bytes:
    """A GIF that plays again and again.

    All frames share one palette, so that nothing flickers, and parts that stay are stored once.

    Args:
        frames: The images.
        durations: How long each is seen, in milliseconds.
        colours: Those that the palette has exactly.
    """
    (module,) = libraries(["PIL.Image"], "a film as GIF")
    palette = _palette(module, frames, len(durations), colours)
    images = (_in_palette(module, image, palette) for image in frames())
    return _saved(images, format="GIF", duration=[*durations], loop=0, optimize=False, disposal=1)


def _palette(module: Any, frames: Frames, count: int, colours: Sequence[str]) -> Array:
    """The colours that are given, and beside them those of some frames, the last one included."""
    step = max(1, (count - 1) // (MOST_SAMPLED - 1))
    chosen = {*range(count - 1, -1, -step)}
    sheet = np.concatenate([np.asarray(image) for k, image in enumerate(frames()) if k in chosen])
    own = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours][:MOST_OWN]
    found = module.fromarray(sheet).quantize(256 - len(own), method=module.Quantize.MEDIANCUT).getpalette()
    return np.array([*own, *np.reshape(found, (-1, 3))])[:256]


def _in_palette(module: Any, image: Any, palette: Array) -> Any:
    """An image in the nearest colours; Pillow takes others that are about as near, and no exact white."""
    codes = np.asarray(image).astype(np.int32) @ [1 << 16, 1 << 8, 1]
    nearest = np.zeros(1 << 24, dtype=np.uint8)
    nearest[codes] = 1
    present = np.flatnonzero(nearest)
    for some in np.array_split(present, 1 + len(present) // 4096):
        parts = np.stack([some >> 16, some >> 8 & 255, some & 255], axis=1)
        nearest[some] = ((parts[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
    found = module.fromarray(nearest[codes])
    found.putpalette(palette.astype(np.uint8).tobytes())
    return found


def webp(frames: Frames, durations: Sequence[int], lossless: bool) -> bytes:
    """An animated WebP that plays again and again."""
    kept: dict[str, Any] = {"lossless": True, "quality": 60} if lossless else {"allow_mixed": True, "quality": 85}
    return _saved(frames(), format="WEBP", duration=[*durations], loop=0, method=2, **kept)


def _saved(images: Iterator[Any], **options: Any) -> bytes:
    file = io.BytesIO()
    next(images).save(file, save_all=True, append_images=images, **options)
    return file.getvalue()


def mp4(frames: Frames, durations: Sequence[int]) -> bytes:
    """An MP4 of H.264, in the colours that every player knows; the sides of the images are even numbers."""
    (av,) = libraries(["av"], "a film as MP4")
    rate = SLOW if min(durations) >= 1000 / SLOW else FAST
    with TemporaryDirectory() as folder:            # its index, which goes to the front, needs a file with a name
        path = Path(folder, "film.mp4")
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as video:
            _write_video(av, video, frames(), durations, rate)
        return path.read_bytes()


def _write_video(av: Any, video: Any, images: Iterator[Any], durations: Sequence[int], rate: int) -> None:
    stream, at, until = None, 0, 0.0
    for image, duration in zip(images, durations, strict=True):
        if stream is None:
            stream = video.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
            stream.width, stream.height = image.size
            stream.pix_fmt = "yuv420p"
            _set_colours(stream.codec_context)
        frame = av.VideoFrame.from_image(image).reformat(
            format="yuv420p", dst_colorspace="ITU709", src_color_range="JPEG", dst_color_range="MPEG"
        )
        until += duration / 1000 * rate
        while at < max(1, round(until)):
            frame.pts, frame.time_base = at, Fraction(1, rate)
            video.mux(stream.encode(frame))
            at += 1
    assert stream is not None
    video.mux(stream.encode())


def _set_colours(context: Any) -> None:
    """Say that the colours are those of BT.709: players guess otherwise, by the size."""
    context.colorspace = context.color_primaries = context.color_trc = 1
    context.color_range = 1

"""Files that play: read again, they show what was put into them, for as long as that was asked for."""
import io

import pytest
from references.optional import needed

Image = needed("PIL.Image", "film")
av = needed("av", "film")

from autograd_tiny.show.reel.encoding import gif, mp4, webp  # noqa: E402

WHITE, BLUE, RED = (255, 255, 255), (29, 78, 216), (185, 28, 28)
DURATIONS = [200, 200, 500]


def image(k):
    """White, with a blue and a red area that move, and a slope of greys."""
    found = Image.new("RGB", (64, 48), WHITE)
    found.paste(BLUE, (4 + 8 * k, 4, 20 + 8 * k, 20))
    found.paste(RED, (4, 24, 20 + 8 * k, 40))
    for x in range(64):
        found.paste((4 * x, 4 * x, 4 * x), (x, 42, x + 1, 48))
    return found


def frames():
    return map(image, range(3))


def read(data):
    """The frames of a file, and how long each is seen."""
    with Image.open(io.BytesIO(data)) as file:
        for k in range(file.n_frames):
            file.seek(k)
            yield file.convert("RGB"), file.info["duration"]


def is_near(one, other, most):
    return all(abs(a - b) <= most for a, b in zip(one.tobytes(), other.tobytes(), strict=True))


def test_a_gif_has_the_frames_and_the_colours_of_a_theme_exactly():
    data = gif(frames, DURATIONS, ["#ffffff", "#1d4ed8", "#b91c1c"])
    found = [*read(data)]
    assert [duration for _, duration in found] == DURATIONS
    assert b"NETSCAPE2.0\x03\x01\x00\x00" in data, "it plays again and again"
    for k, (frame, _) in enumerate(found):
        assert is_near(frame, image(k), 8)
        for place in ((60, 2), (10 + 8 * k, 10), (10, 30)):
            assert frame.getpixel(place) == image(k).getpixel(place)


def test_a_gif_of_more_colours_than_it_can_have_is_near():
    def many():
        for k in range(2):
            found = Image.new("RGB", (64, 64))
            found.putdata([(4 * x, 4 * y, 100 * k) for y in range(64) for x in range(64)])
            yield found
    for frame, expected in zip(read(gif(many, [100, 100], ["#ffffff"])), many(), strict=True):
        assert is_near(frame[0], expected, 48)


def test_a_webp_of_a_drawing_is_exact_and_one_of_shades_is_near():
    for lossless, most in ((True, 0), (False, 60)):
        data = webp(frames, DURATIONS, lossless)
        found = [*read(data)]
        assert [duration for _, duration in found] == DURATIONS
        assert all(is_near(frame, image(k), most) for k, (frame, _) in enumerate(found))
        with Image.open(io.BytesIO(data)) as file:
            assert file.info["loop"] == 0


@pytest.mark.parametrize("durations", [DURATIONS, [100, 50, 250]])
def test_a_video_has_each_frame_for_its_time_in_colours_that_every_player_knows(durations):
    data = mp4(frames, durations)
    assert data.index(b"moov") < data.index(b"mdat"), "a browser plays it before it has all of it"
    with av.open(io.BytesIO(data)) as video:
        stream = video.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)
        shown = [frame.reformat(format="rgb24", src_colorspace="ITU709").to_image() for frame in video.decode(stream)]
        rate = stream.average_rate
    assert len(shown) == round(sum(durations) / 1000 * rate)
    at = 0
    for k, duration in enumerate(durations):
        frame = shown[round((at + duration / 2) / 1000 * rate)]
        for place in ((60, 10), (10 + 8 * k, 10), (10, 30)):
            expected, found = image(k).getpixel(place), frame.getpixel(place)
            assert all(abs(a - b) <= 16 for a, b in zip(expected, found, strict=True)), (k, place, expected, found)
        at += duration

"""Films as files in a real browser: it plays them, and they show each step when its time comes."""
import base64

import pytest
from references.optional import needed
from references.worked_examples import example_a

from autograd_tiny import Value, play
from autograd_tiny.show.theme import PALETTES

SECONDS = 1.0
SEEN = """() => [...document.querySelectorAll("text")]
    .filter((text) => getComputedStyle(text).visibility === "visible").map((text) => text.textContent)"""
AT = """(seconds) => document.getAnimations().forEach((each) => { each.pause(); each.currentTime = 1000 * seconds; })"""


def saved(tmp_path, name, player=None, **options):
    return (player or play(example_a()["f"])).save(tmp_path / name, **options)


def test_an_animated_picture_shows_each_step_when_its_time_comes(browser, tmp_path):
    player = play(example_a()["f"])
    page = browser.new_page()
    page.goto(saved(tmp_path, "f.svg", player, seconds=SECONDS).as_uri())
    for k, step in enumerate(player.film.steps):
        page.evaluate(AT, (k + 0.5) * SECONDS)
        seen = " ".join(page.evaluate(SEEN))
        assert all(word in seen for word in step.says.split()), step.says
        assert f"{k} / {len(player.film.steps) - 1}" in seen
    page.close()


def test_readers_who_asked_for_less_motion_see_the_end(browser, tmp_path):
    player = play(example_a()["f"])
    page = browser.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(saved(tmp_path, "f.svg", player).as_uri())
    assert page.evaluate("document.getAnimations().length") == 0
    seen = " ".join(page.evaluate(SEEN))
    assert all(word in seen for word in player.film.steps[-1].says.split())
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_animated_picture_is_light_or_dark_as_the_system_is(browser, tmp_path, theme):
    page = browser.new_page()
    page.emulate_media(color_scheme=theme)
    page.goto(saved(tmp_path, "f.svg").as_uri())
    red, green, blue = (int(PALETTES[theme].page[i : i + 2], 16) for i in (1, 3, 5))
    assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == f"rgb({red}, {green}, {blue})"
    page.close()


def test_nothing_in_a_label_is_run(browser, tmp_path):
    a = Value(2.0, "</text><script>document.title = 'pwned'</script><image href=x onerror=document.title='pwned'>")
    page = browser.new_page()
    page.goto(saved(tmp_path, "f.svg", play(a * 3.0)).as_uri())
    assert page.evaluate("document.querySelectorAll('script, image, foreignObject').length") == 0
    assert page.title() != "pwned" and "<script>" in page.evaluate("document.documentElement.textContent")
    page.close()


@pytest.mark.parametrize("name", ["f.gif", "f.webp"])
def test_a_browser_shows_all_frames(browser, tmp_path, name):
    for each in ("av", "matplotlib", "PIL.Image", "resvg_py"):
        needed(each, "film")
    player = play(example_a()["f"])
    data = base64.b64encode(saved(tmp_path, name, player, scale=0.5).read_bytes()).decode()
    (tmp_path / "page.html").write_text("<!DOCTYPE html><title>a page</title>", "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    count = page.evaluate("""async ([data, type]) => {
        const bytes = Uint8Array.from(atob(data), (x) => x.charCodeAt(0));
        const decoder = new ImageDecoder({ data: bytes, type });
        await Promise.all([decoder.completed, decoder.tracks.ready]);
        const track = decoder.tracks.selectedTrack;
        return [track.frameCount, track.repetitionCount === Infinity];
    }""", [data, f"image/{name[2:]}"])
    assert count == [len(player.film.steps), True]
    page.close()


def test_a_browser_plays_the_video(browser, tmp_path):
    for each in ("av", "matplotlib", "PIL.Image", "resvg_py"):
        needed(each, "film")
    player = play(example_a()["f"])
    saved(tmp_path, "f.mp4", player, scale=0.5, seconds=0.5)
    page = browser.new_page()
    (tmp_path / "page.html").write_text('<video src="f.mp4" muted></video>', "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    plays = page.evaluate("""document.querySelector("video").canPlayType('video/mp4; codecs="avc1.64001f"')""")
    if not plays:
        pytest.skip("this browser plays no H.264")
    page.wait_for_function("document.querySelector('video').readyState >= 2 || document.querySelector('video').error")
    found = page.evaluate("""() => {
        const video = document.querySelector("video");
        return [video.duration, video.videoWidth % 2, video.videoHeight % 2];
    }""")
    assert found[0] == pytest.approx(0.5 * (len(player.film.steps) + 1.5), abs=0.06)
    assert found[1:] == [0, 0]
    page.close()

"""The pictures of the README: made from nothing but themselves, and the same everywhere."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

_ROOT = Path(__file__).parent.parent
_FOLDER = _ROOT / "screenshots"
_SVG = "{http://www.w3.org/2000/svg}"
_PICTURES = sorted(_FOLDER.glob("*.svg"))
_EXPORT = """\
<svg xmlns="http://www.w3.org/2000/svg"><style>
@font-face {{ src: url("https://example.org/font.woff") }}
.t-r1 {{ fill: #aabbcc;font-weight: bold }}
</style><text>a &lt;b&gt;</text><g/><g>
<rect fill="#101010" x="0" y="1.5" width="122" height="24.65"/>
<rect fill="#202020" x="0" y="25.9" width="122" height="24.65"/>
<g><text class="t-r1" x="12.2" y="44.4">{text}</text></g></g></svg>
"""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The module that draws pictures, imported as the script imports it."""
    monkeypatch.syspath_prepend(str(_FOLDER))
    return runpy.run_path(str(_FOLDER / "picture.py"))


def redrawn(drawn: dict[str, object], text: str) -> ElementTree.Element:
    draw = drawn["self_contained"]
    assert callable(draw)
    return ElementTree.fromstring(draw(_EXPORT.format(text=text)))


def test_every_picture_that_the_readme_shows_is_there() -> None:
    names = re.findall(r"\(screenshots/([^)]+)\)", (_ROOT / "README.md").read_text("utf-8"))
    assert names
    assert set(names) <= {picture.name for picture in _PICTURES}


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_needs_nothing_from_elsewhere(picture: Path) -> None:
    text = picture.read_text("utf-8")
    ElementTree.fromstring(text)
    for trap in ("url(", "@font-face", "href", "<script", "<image", "file:"):
        assert trap not in text
    assert re.findall(r"https?://[^\"' ]*", text)[:1] == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_shows_a_made_up_day_and_no_real_person(picture: Path) -> None:
    text = picture.read_text("utf-8")
    assert "14:32:07" in text
    for trap in ("root", "/tmp", "/home", str(Path.home())):
        assert trap not in text


def test_the_picture_that_moves_can_be_shown_at_rest() -> None:
    picture = _FOLDER / "tour.svg"
    text = picture.read_text("utf-8")
    assert picture.stat().st_size < 400_000
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert style.strip().startswith("@media (prefers-reduced-motion: no-preference){")
    assert {6 <= float(seconds) <= 10 for seconds in re.findall(r" ([\d.]+)s step-end", style)} == {
        True
    }


def test_what_stays_from_screen_to_screen_is_drawn_once(
    drawn: dict[str, object],
) -> None:
    """A line is to be seen as long as it stays; ``still`` says which ones are without movement."""
    module = runpy.run_path(str(_FOLDER / "moving.py"))
    frames = [
        module["Frame"](_EXPORT.format(text=text), 1, "said") for text in ("a", "b", "b", "c")
    ]
    picture = module["moving"](frames, 1)
    groups = {
        group.get("class"): (
            group.get("visibility"),
            [word.text for word in group.iter(f"{_SVG}text")],
        )
        for group in ElementTree.fromstring(picture).iter(f"{_SVG}g")
        if group.get("class") != "s0-3"
    }
    groups.pop(None)
    assert groups == {
        "s0-0": ("hidden", ["a"]),
        "s1-2": (None, ["b"]),
        "s3-3": ("hidden", ["c"]),
    }
    assert (
        "0.000%{visibility:hidden}25.000%{visibility:visible}75.000%{visibility:hidden}" in picture
    )
    assert "s1-2 4s step-end infinite" in picture


def test_words_stay_text_at_their_own_places(drawn: dict[str, object]) -> None:
    words = list(redrawn(drawn, "one&#160;two&#160;&#160;é").iter(f"{_SVG}text"))[1:]
    assert [(word.text, word.get("x")) for word in words] == [("one two", "12"), ("é", "126")]
    assert "bold" in str(words[0].get("style"))


@pytest.mark.parametrize(("character", "count"), [("─", 2), ("┼", 4), ("█", 1), ("▛", 3), ("▔", 1)])
def test_frames_and_blocks_become_shapes(
    drawn: dict[str, object], character: str, count: int
) -> None:
    picture = redrawn(drawn, character)
    shapes = [rect for rect in picture.iter(f"{_SVG}rect") if rect.get("fill") == "#aabbcc"]
    assert len(shapes) == count
    assert len(list(picture.iter(f"{_SVG}text"))) == 1


@pytest.mark.parametrize("character", ["╭", "╮", "╰", "╯"])
def test_round_corners_become_curves(drawn: dict[str, object], character: str) -> None:
    assert len(list(redrawn(drawn, character).iter(f"{_SVG}path"))) == 1


@pytest.mark.parametrize("character", ["╔", "░", "✓", "⣿"])
def test_what_cannot_be_drawn_stays_a_letter(drawn: dict[str, object], character: str) -> None:
    assert len(list(redrawn(drawn, character).iter(f"{_SVG}text"))) == 2


def test_the_script_explains_itself() -> None:
    asked = subprocess.run(
        [sys.executable, _FOLDER / "make.py", "--help"], capture_output=True, text=True
    )
    assert asked.returncode == 0
    assert "monitor" in asked.stdout

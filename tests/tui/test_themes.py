"""Both themes can be read: by people with poor screens, and by those who cannot tell colours."""

import re
from pathlib import Path

import pytest
from textual.color import Color

from tui_scheduler import tui
from tui_scheduler.tui.themes import DARK, LIGHT, THEMES

_TEXT = 4.5  # contrast of text that WCAG 2 asks for at its level AA
_MARK = 3.0  # of what is no text
_STRONG = 7.0  # and at its level AAA
STYLES = Path(tui.__file__).parent
_TONES = ("text-success", "text-warning", "text-error", "text-accent", "text-primary")


def _luminance(colour: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _colours(name: str) -> dict[str, str]:
    theme = next(theme for theme in THEMES if theme.name == name)
    return theme.to_color_system().generate()


def test_there_is_one_for_the_dark_and_one_for_the_light() -> None:
    assert [(theme.name, theme.dark) for theme in THEMES] == [(DARK, True), (LIGHT, False)]


def _grounds(colours: dict[str, str]) -> dict[str, Color]:
    """What text stands on: also the row of the cursor and a field, with the focus and without."""
    background, surface, panel, foreground, primary = (
        Color.parse(colours[name])
        for name in ("background", "surface", "panel", "foreground", "primary")
    )
    return {
        "background": background,
        "surface": surface,
        "panel": panel,
        "cursor": surface.blend(foreground, 0.12),
        "cursor in focus": surface.blend(primary, 0.3),
        "field": surface.blend(foreground, 0.06),
        "field in focus": surface.blend(primary, 0.25),
    }


@pytest.mark.parametrize("name", [DARK, LIGHT])
def test_text_stands_out_from_every_ground(name: str) -> None:
    colours = _colours(name)
    for ground, behind in _grounds(colours).items():
        assert _contrast(Color.parse(colours["foreground"]), behind) >= _STRONG, ground
        for secondary in ("text-muted", "text-disabled"):
            assert _contrast(Color.parse(colours[secondary]), behind) >= _TEXT, ground


@pytest.mark.parametrize("name", [DARK, LIGHT])
@pytest.mark.parametrize("mark", ["border-blurred", "scrollbar", "border"])
def test_borders_and_scroll_bars_can_be_seen(name: str, mark: str) -> None:
    colours = _colours(name)
    for ground in ("background", "surface", "panel"):
        assert _contrast(Color.parse(colours[mark]), Color.parse(colours[ground])) >= _MARK


def test_the_tests_look_at_the_grounds_that_there_are() -> None:
    """And no text is a share of the foreground, which is less on each other ground."""
    sheets = {path.name: path.read_text() for path in STYLES.rglob("*.tcss")}
    assert "row-table--cursor { background: $primary 30%;" in sheets["table.tcss"]
    assert "background: $primary 25%; background-tint" in sheets["field.tcss"]
    sheets |= {path.name: path.read_text() for path in STYLES.rglob("*.py")}
    share = re.compile(r"(?<!background-)(?<!bar-)(?:color: |\")\$foreground [0-9]+%")
    assert [file for file, sheet in sheets.items() if share.search(sheet)] == []


@pytest.mark.parametrize("name", [DARK, LIGHT])
@pytest.mark.parametrize("tone", _TONES)
def test_every_tone_can_be_read(name: str, tone: str) -> None:
    colours = _colours(name)
    for ground, behind in _grounds(colours).items():
        assert _contrast(behind + Color.parse(colours[tone]), behind) >= _TEXT, ground


@pytest.mark.parametrize("name", [DARK, LIGHT])
@pytest.mark.parametrize("filled", ["primary", "warning", "error"])
def test_text_on_filled_parts_can_be_read(name: str, filled: str) -> None:
    colours = _colours(name)
    assert _contrast(Color.parse(colours["background"]), Color.parse(colours[filled])) >= _TEXT


@pytest.mark.parametrize("name", [DARK, LIGHT])
def test_the_keys_of_the_bottom_line_can_be_read(name: str) -> None:
    colours = _colours(name)
    ground = Color.parse(colours["footer-background"])
    for part in ("footer-key-foreground", "footer-description-foreground"):
        assert _contrast(Color.parse(colours[part]), ground) >= _TEXT

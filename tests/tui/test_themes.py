"""Both themes can be read: by people with poor screens, and by those who cannot tell colours."""

import pytest
from textual.color import Color

from tui_scheduler.tui.themes import DARK, LIGHT, THEMES

_TEXT = 4.5  # contrast of text that WCAG 2 asks for at its level AA
_SECONDARY = 4.0  # what may be overlooked
_STRONG = 7.0  # and at its level AAA
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


@pytest.mark.parametrize("name", [DARK, LIGHT])
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_text_stands_out_from_every_ground(name: str, ground: str) -> None:
    colours = _colours(name)
    foreground, behind = Color.parse(colours["foreground"]), Color.parse(colours[ground])
    assert _contrast(foreground, behind) >= _STRONG
    muted = behind.blend(foreground, 0.6)
    assert _contrast(muted, behind) >= _SECONDARY


@pytest.mark.parametrize("name", [DARK, LIGHT])
@pytest.mark.parametrize("tone", _TONES)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_every_tone_can_be_read(name: str, tone: str, ground: str) -> None:
    colours = _colours(name)
    behind = Color.parse(colours[ground])
    assert _contrast(behind + Color.parse(colours[tone]), behind) >= _TEXT


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

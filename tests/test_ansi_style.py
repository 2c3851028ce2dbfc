"""The state of a terminal's colours."""

import pytest

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("1", AnsiStyle(bold=True)),
        ("1;3;4;5;7;9;2", AnsiStyle(None, None, True, True, True, True, True, True, True)),
        ("31", AnsiStyle(foreground=1)),
        ("97", AnsiStyle(foreground=15)),
        ("44", AnsiStyle(background=4)),
        ("103", AnsiStyle(background=11)),
        ("38;5;200", AnsiStyle(foreground=200)),
        ("48;2;1;2;3", AnsiStyle(background=(1, 2, 3))),
        ("38:5:200", AnsiStyle(foreground=200)),
        ("38:2:1:2:3", AnsiStyle(foreground=(1, 2, 3))),
        ("38:2::1:2:3", AnsiStyle(foreground=(1, 2, 3))),
        ("38;5;200;1", AnsiStyle(foreground=200, bold=True)),
        ("4:3", AnsiStyle(underline=True)),
        ("8", UNSTYLED),
    ],
)
def test_a_sequence_sets_a_style(parameters: str, expected: AnsiStyle) -> None:
    assert UNSTYLED.changed(parameters) == expected


@pytest.mark.parametrize(
    ("before", "parameters"),
    [
        (AnsiStyle(bold=True, dim=True), "22"),
        (AnsiStyle(foreground=3), "39"),
        (AnsiStyle(background=(1, 2, 3)), "49"),
        (AnsiStyle(underline=True), "24"),
        (AnsiStyle(underline=True), "4:0"),
        (AnsiStyle(foreground=3, bold=True), "0"),
        (AnsiStyle(foreground=3, bold=True), ""),
        (AnsiStyle(foreground=3, bold=True), "31;0"),
    ],
)
def test_a_sequence_takes_a_style_away(before: AnsiStyle, parameters: str) -> None:
    assert before.changed(parameters) == UNSTYLED


@pytest.mark.parametrize(
    "parameters",
    ["38", "38;5", "38;5;256", "38;2;1;2", "999", "77", "5555", "x", "31;" * 200],
)
def test_nonsense_changes_nothing(parameters: str) -> None:
    assert AnsiStyle(italic=True).changed(parameters) == AnsiStyle(italic=True)


@pytest.mark.parametrize(
    "style",
    [
        UNSTYLED,
        AnsiStyle(foreground=1, background=12, bold=True, strike=True),
        AnsiStyle(foreground=200, background=(9, 8, 7), reverse=True),
        AnsiStyle(foreground=9, dim=True, italic=True, underline=True, blink=True),
    ],
)
def test_the_sequence_of_a_style_sets_that_style_from_any_other(style: AnsiStyle) -> None:
    parameters = style.sequence().removeprefix("\x1b[").removesuffix("m")
    assert AnsiStyle(foreground=5, bold=True, underline=True).changed(parameters) == style

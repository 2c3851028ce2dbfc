"""The state of a terminal's colours."""

import pytest

from tui_scheduler.ansi_style import UNSTYLED, Sgr


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("1", Sgr(bold=True)),
        ("1;3;4;5;7;9;2", Sgr(None, None, True, True, True, True, True, True, True)),
        ("31", Sgr(foreground=1)),
        ("97", Sgr(foreground=15)),
        ("44", Sgr(background=4)),
        ("103", Sgr(background=11)),
        ("38;5;200", Sgr(foreground=200)),
        ("48;2;1;2;3", Sgr(background=(1, 2, 3))),
        ("38:5:200", Sgr(foreground=200)),
        ("38:2:1:2:3", Sgr(foreground=(1, 2, 3))),
        ("38:2::1:2:3", Sgr(foreground=(1, 2, 3))),
        ("38;5;200;1", Sgr(foreground=200, bold=True)),
        ("4:3", Sgr(underline=True)),
        ("8", UNSTYLED),
    ],
)
def test_a_sequence_sets_a_style(parameters: str, expected: Sgr) -> None:
    assert UNSTYLED.changed(parameters) == expected


@pytest.mark.parametrize(
    ("before", "parameters"),
    [
        (Sgr(bold=True, dim=True), "22"),
        (Sgr(foreground=3), "39"),
        (Sgr(background=(1, 2, 3)), "49"),
        (Sgr(underline=True), "24"),
        (Sgr(underline=True), "4:0"),
        (Sgr(foreground=3, bold=True), "0"),
        (Sgr(foreground=3, bold=True), ""),
        (Sgr(foreground=3, bold=True), "31;0"),
    ],
)
def test_a_sequence_takes_a_style_away(before: Sgr, parameters: str) -> None:
    assert before.changed(parameters) == UNSTYLED


@pytest.mark.parametrize(
    "parameters",
    ["38", "38;5", "38;5;256", "38;2;1;2", "999", "77", "5555", "x", "31;" * 200],
)
def test_nonsense_changes_nothing(parameters: str) -> None:
    assert Sgr(italic=True).changed(parameters) == Sgr(italic=True)


@pytest.mark.parametrize(
    "style",
    [
        UNSTYLED,
        Sgr(foreground=1, background=12, bold=True, strike=True),
        Sgr(foreground=200, background=(9, 8, 7), reverse=True),
        Sgr(foreground=9, dim=True, italic=True, underline=True, blink=True),
    ],
)
def test_the_sequence_of_a_style_sets_that_style_from_any_other(style: Sgr) -> None:
    parameters = style.sequence().removeprefix("\x1b[").removesuffix("m")
    assert Sgr(foreground=5, bold=True, underline=True).changed(parameters) == style

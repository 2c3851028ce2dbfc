"""Cells of a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_scheduler import cells
from tui_scheduler.cells import cell_width, cell_widths, expand_tabs, fitting

SEQUENCES = {
    "": 0,
    "plain": 5,
    "日本": 4,
    "\uff21\uff22": 4,  # full width
    "한국어": 6,
    "\u1112\u1161\u11ab": 2,  # one syllable of three letters
    "e\u0301": 1,
    "Z\u0338\u0321\u031b": 1,
    "ที่นี่": 2,
    "नमस्ते": 4,
    "שלום": 4,
    "a\u200bb": 2,
    "🚀": 2,
    "👨\u200d👩\u200d👧\u200d👦": 2,
    "👩🏽\u200d🚀": 2,
    "🏳\ufe0f\u200d🌈": 2,
    "🏴\u200d☠\ufe0f": 2,
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2,
    "🇪🇸": 2,
    "🇪🇸🇫🇷": 4,
    "⚠\ufe0f": 2,
    "⚠": 1,
    "❤\ufe0f\u200d🔥": 2,
    "1\ufe0f\u20e3": 2,
    "#\ufe0f\u20e3": 2,
    "👍🏽": 2,
}
TEXTS = st.lists(st.sampled_from([*SEQUENCES, "x", " "]), max_size=8).map("".join)


@pytest.mark.parametrize(("text", "width"), SEQUENCES.items())
def test_a_sequence_takes_the_cells_of_what_is_drawn(text: str, width: int) -> None:
    assert cell_width(text) == sum(cell_widths(text)) == width


@given(TEXTS)
def test_widths_are_those_that_screens_are_laid_out_with(text: str) -> None:
    assert cell_width(text) == sum(cell_widths(text)) == cell_len(text)
    assert len(cell_widths(text)) == len(text)


def test_letters_that_need_no_table_take_one_cell_each() -> None:
    narrow = [chr(code) for code in range(0x20, 0x3000) if cells._NARROW.fullmatch(chr(code))]
    assert {"é", "ß", "ж", "…", "→", "✓", "█"} < set(narrow)
    assert all(cell_len(letter) == 1 for letter in narrow)


@pytest.mark.parametrize("text", [text for text in SEQUENCES if "\ufe0f" in text or "🇪" in text])
def test_what_is_drawn_as_one_is_never_cut(text: str) -> None:
    first = text[:2] if text.startswith("🇪🇸🇫🇷") else text
    assert fitting(f"a{text}", 2) == "a"
    assert fitting(f"a{text}", 3) == f"a{first}"


@given(TEXTS, st.integers(0, 30))
def test_as_much_fits_as_there_is_room_for(text: str, width: int) -> None:
    kept = fitting(text, width)
    assert text.startswith(kept)
    assert cell_width(kept) <= width
    assert kept == text or width - cell_width(kept) < 2


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("a\tb", "a       b"),
        ("日本\tb\n🇪🇸\tc", "日本    b\n🇪🇸      c"),
        ("1234567é\tb", "1234567é        b"),
        ("é\t\tb", "é               b"),
    ],
)
def test_tabs_lead_to_every_eighth_cell(text: str, expanded: str) -> None:
    assert expand_tabs(text) == expanded

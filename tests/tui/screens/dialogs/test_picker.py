"""Names are found by some of their letters, the likeliest first, at any length."""

import pytest

from tests.support.effort import effort
from tui_scheduler.tui.screens.dialogs.picker import search


def matches(query: str, *names: str) -> list[str]:
    return [hit.name for hit in search(query, names)]


def test_without_a_query_all_names_keep_their_order() -> None:
    assert matches("  ", "b", "a") == ["b", "a"]


def test_the_start_of_a_word_is_better_than_its_inside_and_that_better_than_scattered() -> None:
    assert matches("log", "catalogue", "rotate logs", "lots of gigs", "mail") == [
        "rotate logs",
        "catalogue",
        "lots of gigs",
    ]


def test_every_word_must_be_there_in_any_order() -> None:
    zones = ("America/New_York", "Asia/Jakarta", "America/North_Dakota/New_Salem")
    assert matches("york new", *zones) == ["America/New_York"]


@pytest.mark.parametrize(
    ("query", "name", "letters"),
    [
        ("ny", "New York", "NY"),
        ("BACK", "my backup", "back"),
        ("é", "CAFÉ", "É"),
        ("[", "a[b", "["),
    ],
)
def test_the_letters_that_were_asked_for_are_told(query: str, name: str, letters: str) -> None:
    (hit,) = search(query, [name])
    assert "".join(name[place] for place in hit.places) == letters


def test_a_letter_that_lowers_to_two_moves_no_place() -> None:
    (hit,) = search("x", ["İİx"])
    assert hit.places == (2,)


def test_names_made_to_be_slow_take_no_more_than_their_length() -> None:
    def look_through(length: int) -> int:
        return effort(lambda: search("a" * 30 + "c", ["a" * length + "b"]))

    assert look_through(4000) < 3 * look_through(2000)

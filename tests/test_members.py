"""The members of a group in their steps: as they are written, called and put in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.members import (
    Members,
    by_step,
    listed,
    members_of,
    names_of,
    numbered,
    read_members,
    steps_of,
    twice_in_a_step,
)

ETL: Members = ("extract", ("load-a", "load-b"), "report")
steps = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), max_size=4)


def test_a_step_of_one_stands_for_itself() -> None:
    assert steps_of(ETL) == (("extract",), ("load-a", "load-b"), ("report",))
    assert members_of([["extract"], ["load-a", "load-b"], [], ["report"]]) == ETL
    assert names_of(ETL) == ("extract", "load-a", "load-b", "report")


@given(steps)
def test_steps_and_members_say_the_same(drawn: list[list[str]]) -> None:
    members = members_of(drawn)
    assert [list(step) for step in steps_of(members)] == drawn
    stored = [(number, name) for number, step in enumerate(drawn, 7) for name in step]
    assert by_step(stored) == drawn


def test_members_are_called_by_the_number_of_their_step() -> None:
    numbers = [number for number, _ in numbered(ETL)]
    assert numbers == ["1  ", "2.1", "2.2", "3  "]


def test_numbers_stand_below_each_other() -> None:
    members = (*"abcdefghi", ("j", "k"))
    assert [number for number, _ in numbered(members)][8:] == [" 9  ", "10.1", "10.2"]


def test_in_words() -> None:
    assert listed(ETL) == "extract, load-a + load-b, report"
    assert listed(ETL, " → ") == "extract → load-a + load-b → report"


@pytest.mark.parametrize(
    ("texts", "known", "members"),
    [
        (["a", "b+c", "d"], "abcd", ("a", ("b", "c"), "d")),
        (["a + b"], "ab", (("a", "b"),)),
        (["a+b"], ["a", "b", "a+b"], ("a+b",)),
        (["a+b+c"], ["a", "b", "c", "a+b"], (("a+b", "c"),)),
        (["a+b+c"], ["a+b", "b+c", "a"], (("a", "b+c"),)),
        (["c+++d"], ["c++", "d"], (("c++", "d"),)),
        (["a+x"], "a", (("a", "x"),)),
        (["a+", "+", "+a"], "a", ("a+", "+", "+a")),
    ],
    ids=str,
)
def test_a_plus_joins_only_where_nobody_has_the_whole_name(
    texts: list[str], known: list[str], members: Members
) -> None:
    assert read_members(texts, set(known)) == members


def test_a_line_of_many_is_read_at_once() -> None:
    """However many ways there are to part it, and though none of them is right."""
    known = {"+".join("a" * number) for number in range(1, 40)}
    assert len(names_of(read_members(["+".join("a" * 300) + "+x"], known))) == 301


def test_names_that_stand_twice_in_one_step_are_found() -> None:
    assert twice_in_a_step(("a", "a", ("a", "b"), ("b", "c", "b"))) == ["b"]

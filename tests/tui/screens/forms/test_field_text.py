"""What a field shows can be read again, and what cannot be read says how to write it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.errors import Problem
from tui_scheduler.receivers import names_said
from tui_scheduler.tui.screens.forms import field_text
from tui_scheduler.tui.screens.forms.field_text import Reader, all_problems

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MADRID = "Europe/Madrid"


def wall(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(fold=fold)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999999999", 999_999_999)]
)
def test_a_whole_number_is_digits(text: str, number: int) -> None:
    assert field_text.read_whole(text) == number


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "1_0", "x", "\N{ARABIC-INDIC DIGIT ONE}", "+3", "1 2"]
)
def test_anything_else_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number: write digits only"):
        field_text.read_whole(text)


def test_a_number_that_no_column_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="is too large: at most 999999999"):
        field_text.read_whole("9" * 5000)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (wall("2026-03-29 02:30"), "2026-03-29 02:30"),
        (wall("2026-03-29 02:30:05"), "2026-03-29 02:30:05"),
        (wall("2026-10-25 02:30"), "2026-10-25 02:30"),
        (wall("2026-10-25 02:30", fold=1), "2026-10-25 02:30+01:00"),
        (wall("2026-06-01 02:30", fold=1), "2026-06-01 02:30"),
        (None, ""),
    ],
)
def test_a_moment_is_shown_in_minutes_and_its_second_pass_with_the_offset(
    moment: datetime | None, text: str
) -> None:
    assert field_text.show_moment(moment, MADRID) == text


def test_an_unknown_zone_does_not_hide_a_moment() -> None:
    twice = wall("2026-10-25 02:30", fold=1)
    assert field_text.show_moment(twice, "Not/AZone") == "2026-10-25 02:30"


@pytest.mark.parametrize("fold", [0, 1])
def test_a_moment_is_read_back_with_its_fold(fold: int) -> None:
    twice = wall("2026-10-25 02:30", fold=fold)
    again = field_text.read_moment(MADRID, NOW)(field_text.show_moment(twice, MADRID))
    assert (again, again.fold) == (twice, fold)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("18:30", wall("2026-03-02 18:30")),
        ("2026-03-29", wall("2026-03-29")),
        ("2026-03-29T02:30", wall("2026-03-29 02:30")),
        ("2026-03-29T02:30:00Z", wall("2026-03-29 04:30")),
    ],
)
def test_moments_are_read_as_people_write_them(text: str, moment: datetime) -> None:
    assert field_text.read_moment(MADRID, NOW)(text) == moment


def test_a_moment_is_judged_even_while_the_zone_is_unknown() -> None:
    read = field_text.read_moment("Not/AZone", NOW)
    assert read("2026-03-29 02:30") == wall("2026-03-29 02:30")
    with pytest.raises(ValueError, match="is not a date and time"):
        read("tomorrow")


@pytest.mark.parametrize("duration", [None, timedelta(seconds=90), timedelta(days=1, minutes=5)])
def test_a_duration_is_read_back(duration: timedelta | None) -> None:
    text = field_text.show_duration(duration)
    assert (field_text.read_duration(text) if text else None) == duration


variables = st.dictionaries(
    st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]*\Z", alphabet=ANY_CHARACTER),
    st.text(ANY_CHARACTER).filter(lambda value: not {"␊", "␍"} & set(value)),
)


@given(variables)
def test_variables_are_read_back_with_their_line_breaks(given: dict[str, str]) -> None:
    assert field_text.read_variables(field_text.show_variables(given)) == given


def test_a_line_without_an_equals_sign_is_named() -> None:
    with pytest.raises(ValueError, match="'oops' is not NAME=VALUE"):
        field_text.read_variables("A=1\noops")


def test_the_reader_goes_on_after_a_field_that_it_cannot_read() -> None:
    reader = Reader()
    assert reader.read("interval", "x", field_text.read_whole, 1) == 1
    assert reader.read("day", " 3 ", field_text.read_whole, 0) == 3
    assert reader.read("cron", "  ", str, "nothing") == "nothing"
    assert [problem.field for problem in reader.problems] == ["interval"]


def test_a_field_that_cannot_be_read_is_not_judged_as_well() -> None:
    unreadable = Problem("start", "is not a date")
    judged = [Problem("start", "is missing"), Problem("days", "none is chosen")]
    assert all_problems([unreadable], judged) == [unreadable, judged[1]]


@pytest.mark.parametrize("names", [None, (), ("ops",), ("ops", "page")])
def test_who_is_told_is_read_back_as_it_was(names: tuple[str, ...] | None) -> None:
    assert field_text.read_names(names_said(names)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), (" None ", ()), ("DEFAULT", None), ("ops,page, ", ("ops", "page"))],
)
def test_names_may_be_written_in_any_way(text: str, names: tuple[str, ...] | None) -> None:
    assert field_text.read_names(text) == names

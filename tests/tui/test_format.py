"""How values are written on every screen."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import NOON
from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.tui import format as shown
from tui_scheduler.tui.widgets.table.style import TONES


def test_every_status_has_a_glyph_a_word_and_a_tone() -> None:
    looks = [*shown.RUN_LOOKS.values(), *shown.REQUEST_LOOKS.values()]
    assert set(shown.RUN_LOOKS) == set(RunStatus)
    assert set(shown.REQUEST_LOOKS) == set(RequestStatus)
    assert all(len(look.glyph) == 1 and look.word and look.tone in TONES for look in looks)


def test_no_two_outcomes_look_alike_without_colour() -> None:
    glyphs = [look.glyph for look in shown.RUN_LOOKS.values()]
    assert len(set(glyphs)) == len(glyphs)


def test_a_status_is_glyph_and_word() -> None:
    assert shown.RUN_LOOKS[RunStatus.ERROR].text.plain == "✗ error"


def test_the_strip_has_the_newest_run_at_the_right_and_nothing_older_than_fits() -> None:
    statuses = [RunStatus.ERROR, RunStatus.SUCCESS, RunStatus.SUCCESS, RunStatus.PROCESSING]
    assert shown.strip(statuses, 3).plain == "✓✓►"


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (None, ""),
        (timedelta(), "00:00:00.000"),
        (timedelta(milliseconds=1), "00:00:00.001"),
        (timedelta(minutes=61, seconds=1.5), "01:01:01.500"),
        (timedelta(days=4, hours=4), "100:00:00.000"),
        (timedelta(seconds=-3), "00:00:00.000"),
    ],
)
def test_durations_have_milliseconds(span: timedelta | None, written: str) -> None:
    assert shown.duration(span) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (250, "4 min 10 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86400, "1 d"),
        (2 * 86400 + 4 * 3600 + 59, "2 d 4 h"),
        (-5, "0 s"),
    ],
)
def test_rough_lengths_are_told_in_two_units(seconds: float, written: str) -> None:
    assert shown.rough(timedelta(seconds=seconds)) == written


def test_a_countdown_ends_in_now() -> None:
    assert shown.countdown(NOON + timedelta(seconds=70), NOON) == "in 1 min 10 s"
    assert shown.countdown(NOON + timedelta(seconds=0.9), NOON) == "now"
    assert shown.countdown(NOON - timedelta(hours=1), NOON) == "now"


def test_what_is_past_is_told_in_one_unit() -> None:
    assert shown.ago(NOON - timedelta(seconds=200), NOON) == "3 min ago"
    assert shown.ago(NOON, NOON) == "now"
    assert shown.ago(NOON + timedelta(hours=1), NOON) == "now"


def test_today_is_told_by_its_time_alone() -> None:
    assert shown.day_and_time(NOON, "UTC", NOON) == "12:00:00"
    assert shown.day_and_time(NOON + timedelta(days=1), "UTC", NOON) == "Tue 3 Mar 12:00:00"
    assert shown.day_and_time(NOON.replace(year=2027), "UTC", NOON) == "Tue 2 Mar 2027 12:00:00"


def test_days_and_times_are_those_of_the_zone() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert shown.day_and_time(late, "Europe/Madrid", NOON) == "Tue 3 Mar 00:30:00"
    assert shown.midnight(late, "Europe/Madrid") == datetime(2026, 3, 2, 23, tzinfo=UTC)


def test_an_unknown_zone_is_shown_as_utc() -> None:
    assert shown.local(NOON, "Mars/Olympus").hour == 12
    assert shown.local(NOON, "../../etc/passwd").hour == 12


def test_fires_are_told_with_weekday_and_seconds_only_where_they_matter() -> None:
    assert shown.weekday_and_time(NOON, "UTC", NOON, in_seconds=False) == "Mon 02 Mar 12:00"
    assert shown.weekday_and_time(NOON, "UTC", NOON, in_seconds=True) == "Mon 02 Mar 12:00:00"


def test_counts_agree_with_their_noun() -> None:
    assert shown.plural(1, "run") == "1 run"
    assert shown.plural(1234, "run") == "1,234 runs"
    assert shown.plural(2, "process") == "2 processes"


def test_outside_text_in_a_cell_is_one_harmless_line() -> None:
    assert shown.cell("a\x1b[31m\n[/]").plain == "a␛[31m␊[/]"

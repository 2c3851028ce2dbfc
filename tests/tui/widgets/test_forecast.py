"""What the preview says a plan will do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.queries.forecast import forecast
from tui_scheduler.tui.widgets.plan_preview import FireLine, fire_lines

NOW = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
MADRID = "Europe/Madrid"
DAILY: dict[str, Any] = {"frequency": Frequency.DAILY, "timezone": MADRID}


def plan(**fields: Any) -> Plan:
    return Plan(**{"timing": Timing.SCHEDULE, "timezone": "UTC", **fields})


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def lines(planned: Plan, here: str = MADRID) -> list[str]:
    fires = forecast(planned, NOW, 10).fires
    return [line.wall for line in fire_lines(fires, planned.timezone, here, NOW)]


@pytest.mark.parametrize("timing", [Timing.IMMEDIATE, Timing.LATER])
def test_what_runs_once_fires_once(timing: Timing) -> None:
    assert lines(plan(timing=timing, timezone=MADRID)) == ["Mon  2 Mar 13:00"]


def test_a_late_start_of_what_runs_later_is_shown_as_it_was_written() -> None:
    planned = plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-03-01 08:00"))
    assert lines(planned) == ["Sun  1 Mar 08:00"]


def test_ten_fires_are_told() -> None:
    walls = lines(plan(**DAILY, start=wall("2026-03-27 02:30")))
    assert len(walls) == 10
    assert walls[:4] == [
        "Fri 27 Mar 02:30",
        "Sat 28 Mar 02:30",
        "Sun 29 Mar 03:00",
        "Mon 30 Mar 02:30",
    ]


def test_the_first_fire_counts_among_the_repetitions() -> None:
    planned = plan(frequency=Frequency.HOURLY, repetitions=3)
    assert forecast(planned, NOW, 10).fires == tuple(
        datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (12, 13, 14)
    )


def test_a_finish_ends_it() -> None:
    assert lines(plan(**DAILY, finish=wall("2026-03-03 18:00"))) == [
        "Mon  2 Mar 13:00",
        "Tue  3 Mar 13:00",
    ]


def test_it_is_said_in_a_sentence_and_warned_about() -> None:
    preview = forecast(plan(**DAILY, start=wall("2026-03-27 02:30")), NOW, 10)
    assert preview.sentence == "Every day at 02:30"
    assert preview.warnings[0] == "02:30 does not exist on 29 March: runs at 03:00"


def test_runs_that_usually_take_longer_than_the_interval_are_warned_about() -> None:
    planned = plan(frequency=Frequency.MINUTELY, interval=10)
    (warning,) = forecast(planned, NOW, 10, timedelta(minutes=12)).warnings
    assert warning == "usually runs 12 min, interval is 10 min: will overlap"


def test_the_year_is_told_when_it_is_not_this_one() -> None:
    planned = plan(frequency=Frequency.CRON, cron="0 12 31 12 *")
    assert lines(planned)[:2] == ["Thu 31 Dec 2026 12:00", "Fri 31 Dec 2027 12:00"]


def test_seconds_are_told_when_there_are_any() -> None:
    planned = plan(frequency=Frequency.SECONDLY, interval=90)
    assert lines(planned)[:2] == ["Mon  2 Mar 12:00:00", "Mon  2 Mar 12:01:30"]


def test_the_local_clock_is_told_only_where_it_differs() -> None:
    fires = forecast(plan(**DAILY, start=wall("2026-03-03 01:00")), NOW, 10).fires[:1]
    assert fire_lines(fires, MADRID, "Europe/Paris", NOW) == (
        FireLine("Tue  3 Mar 01:00", "in 11h59m"),
    )
    (line,) = fire_lines(fires, MADRID, "America/New_York", NOW)
    assert line.here == "Mon 19:00"


def test_no_fire_makes_no_line() -> None:
    assert fire_lines((), MADRID, "UTC", NOW) == ()

"""Calendar events of systemd, as cron expressions."""

from datetime import UTC, datetime

import pytest

from tui_scheduler.schedules import Frequency, Plan, Timing, fires
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.calendar_words import calendar_expression


@pytest.mark.parametrize(
    ("event", "expression"),
    [
        ("minutely", "0 * * ? * *"),
        ("hourly", "0 0 * ? * *"),
        ("daily", "0 0 0 ? * *"),
        ("weekly", "0 0 0 ? * MON"),
        ("monthly", "0 0 0 1 * ?"),
        ("quarterly", "0 0 0 1 1,4,7,10 ?"),
        ("semiannually", "0 0 0 1 1,7 ?"),
        ("yearly", "0 0 0 1 1 ?"),
        ("annually", "0 0 0 1 1 ?"),
        ("anually", "0 0 0 1 1 ?"),
        ("biannually", "0 0 0 1 1,7 ?"),
        ("bi-annually", "0 0 0 1 1,7 ?"),
        ("semi-annually", "0 0 0 1 1,7 ?"),
        ("02:30", "0 30 2 ? * *"),
        ("*:0/15", "0 0/15 * ? * *"),
        ("8..18/2:05:30", "30 5 8-18/2 ? * *"),
        ("Mon", "0 0 0 ? * MON"),
        ("Mon..Fri 09:00", "0 0 9 ? * MON-FRI"),
        ("monday,Wed *-*-* 09:00", "0 0 9 ? * MON,WED"),
        ("Sat..Sun 10:00", "0 0 10 ? * SAT-SUN"),
        ("2027-03-01", "0 0 0 1 3 ? 2027"),
        ("27-03-01", "0 0 0 1 3 ? 2027"),
        ("03-01 12:00", "0 0 12 1 3 ?"),
        ("2027..2029-*-15 00:00", "0 0 0 15 * ? 2027-2029"),
        ("*-*-1,15 06:00", "0 0 6 1,15 * ?"),
        ("*-*~1 23:00", "0 0 23 L * ?"),
        ("*-02~03", "0 0 0 L-2 2 ?"),
        ("Mon *-*-1..7 09:00", "0 0 9 ? * MON#1"),
        ("Tue *-*-08..14", "0 0 0 ? * TUE#2"),
        ("Fri *-05~07/1", "0 0 0 ? 5 6L"),
        ("Fri *-*~1..7", "0 0 0 ? * 6L"),
        ("Mon..Wed *-*-1..7", "0 0 0 ? * MON#1,TUE#1,WED#1"),
        ("Sat,Sun *-*-1..14", "0 0 0 ? * SAT#1,SAT#2,SUN#1,SUN#2"),
        ("Mon *-*-8..14,22..28", "0 0 0 ? * MON#2,MON#4"),
        ("Mon *-*-29..31", "0 0 0 ? * MON#5"),
        ("Mon *-*-22/1", "0 0 0 ? * MON#4,MON#5"),
        ("Mon *-05~*", "0 0 0 ? 5 MON"),
        ("*-*~3", "0 0 0 L-2 * ?"),
        ("*-*~1..3", "0 0 0 L-2,L-1,L * ?"),
        ("*-*~7/3", "0 0 0 L-6,L-3,L * ?"),
    ],
)
def test_an_event_is_said_in_quartz_words(event: str, expression: str) -> None:
    assert calendar_expression(event) == (expression, None)


@pytest.mark.parametrize(
    ("event", "zone"),
    [("daily UTC", "UTC"), ("Mon *-*-* 09:00 Europe/Madrid", "Europe/Madrid"), ("5:00", None)],
)
def test_a_zone_may_stand_at_the_end(event: str, zone: str | None) -> None:
    assert calendar_expression(event)[1] == zone


@pytest.mark.parametrize(
    ("event", "fire"),
    [
        ("Mon *-*-1..7 09:00", "2026-12-07T09:00"),
        ("Fri *-*-22..28", "2026-11-27T00:00"),
        ("Mon *-05~07/1", "2027-05-31T00:00"),
        ("*-*~1", "2026-11-30T00:00"),
        ("*-02~03", "2027-02-26T00:00"),
        ("Sat..Sun 10:00", "2026-11-28T10:00"),
        ("2027..2029-1-15", "2027-01-15T00:00"),
        ("*:20/15", "2026-11-26T13:20"),
        ("*:*:5/20", "2026-11-26T13:00:05"),
    ],
)
def test_it_fires_when_systemd_says(event: str, fire: str) -> None:
    cron, _ = calendar_expression(event)
    plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.CRON, cron=cron)
    [reading] = fires(plan, datetime(2026, 11, 26, 13, tzinfo=UTC), 1)
    assert reading == datetime.fromisoformat(fire).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("Fri *-*-13", "it names weekdays and days of the month, which must both match"),
        ("Mon..Fri *-*-1..8", "it names weekdays and days of the month"),
        ("Mon *-*~2", "it names weekdays and days of the month"),
        ("*-*~0", "~0 is in no month: use ~1 to ~28"),
        ("*-*~29", "29 is out of range: use values up to 28"),
        ("*-*~3/3", "~3/3 has a step that leads nowhere"),
        ("*:50..10", "50-10 ends before it begins: put the smaller value first"),
        ("Fri..Mon", "'Fri..Mon' ends before it begins: put the earlier weekday first"),
        ("*:0/60", "0/60 has a step that leads nowhere"),
        ("*:0..9/0", "0-9/0 has no step"),
        ("sometimes maybe", "'sometimes maybe' is not understood"),
        ("", "'' is not understood"),
        ("Mon *-*-* 9", "'9' is no time of day: write 9:00"),
        ("@1234", "'@1234' is not understood"),
        ("*:*:0.5", "'*:*:0.5' is not understood"),
        ("Mon,Foo", "'Foo' is no weekday"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(event: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        calendar_expression(event)
    assert str(refused.value).startswith(reason)

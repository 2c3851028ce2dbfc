"""Expressions that are refused, by field and with the reason and the remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.schedules.cron import CronError, parse_cron


@pytest.mark.parametrize(
    ("expression", "field", "reason"),
    [
        ("60 * * * *", "minute", "60 is out of range; use 0-59"),
        ("* 24 * * *", "hour", "24 is out of range; use 0-23"),
        ("* * 0 * *", "day of month", "0 is out of range; use 1-31"),
        ("* * 32 * *", "day of month", "32 is out of range"),
        ("* * * 13 *", "month", "13 is out of range; use 1-12 or JAN-DEC"),
        ("* * * * 8", "weekday", "8 is out of range; use 0-7 or SUN-SAT"),
        ("* * * foo *", "month", "'FOO' is not a value"),
        ("* * * * monday", "weekday", "'MONDAY' is not a value"),
        ("5-1 * * * *", "minute", "ends before it begins"),
        ("* * * * 5-1", "weekday", "ends before it begins"),
        ("*/0 * * * *", "minute", "a step of 0 never moves on; use 1 or more"),
        ("1-5/000 * * * *", "minute", "a step of 000 never moves on"),
        ("R * * * *", "minute", "'R' is not a value"),
        ("H * * * *", "minute", "'H' is not a value"),
        ("1,,2 * * * *", "minute", "a value is missing in the list"),
        ("1, * * * *", "minute", "a value is missing in the list"),
        ("-1 * * * *", "minute", "'-1' is not understood"),
        ("1.5 * * * *", "minute", "'1.5' is not understood"),
        ("/5 * * * *", "minute", "'/5' is not understood"),
        ("*-5 * * * *", "minute", "mixes * with a range"),
        ("** * * * *", "minute", "'**' is not understood"),
        ("\u0663 * * * *", "minute", "is not understood"),
        ("0\x00 * * * *", "minute", "is not understood"),
        ("0 0 ? * *", "day of month", "'?' is not understood"),
        ("0 0 LW * *", "day of month", "LW needs six fields"),
        ("0 0 15W * *", "day of month", "15W needs six fields"),
        ("0 0 * * 5L", "weekday", "5L needs six fields"),
        ("0 0 * * L", "weekday", "L needs six fields"),
        ("0 0 * * 1#6", "weekday", "no month has a #6; use #1 to #5"),
        ("0 0 * * 1#0", "weekday", "no month has a #0"),
        ("0 0 * * 9#1", "weekday", "9 is out of range"),
        ("0 L * * *", "hour", "'L' is not a value"),
        ("60 0 0 * * ?", "second", "60 is out of range"),
        ("0 0 0 ? * 0", "weekday", "0 is out of range; use 1-7 or SUN-SAT"),
        ("0 0 0 32W * ?", "day of month", "32 is out of range"),
        ("0 0 0 L-31 * ?", "day of month", "L-31 is before any month begins"),
        ("0 0 0 ? * 8L", "weekday", "8 is out of range"),
        ("0 0 0 1 1 ? 1969", "year", "1969 is out of range; use 1970-2099"),
        ("0 0 0 1 1 ? 2100", "year", "2100 is out of range"),
        ("0 0 0 1 1 ? 2030-2027", "year", "ends before it begins"),
        ("0 0 ? * * ?", "hour", "'?' is not understood"),
        ("0 0 0 1 * MON", "weekday", "cannot both be given; use ? for one of them"),
        ("0 0 0 */2 * MON", "weekday", "cannot both be given"),
        ("0 0 0 ? * ?", "weekday", "? stands in both day fields; use *"),
    ],
)
def test_a_bad_field_is_named(expression: str, field: str, reason: str) -> None:
    with pytest.raises(CronError) as refused:
        parse_cron(expression)
    assert str(refused.value).startswith(f"{field}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "has 0 fields"),
        ("* * * *", "has 4 fields; write five"),
        ("* * * * * * * *", "has 8 fields"),
        ("@reboot", "@reboot is not known; use one of @hourly"),
        ("@every 5m", "@every 5m is not known"),
        ("0," * 600 + "0 * * * *", "too long"),
    ],
)
def test_an_expression_of_another_shape_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(CronError, match=reason):
        parse_cron(expression)


@pytest.mark.parametrize(
    "expression", ["* * * * ?", "hello", "\x1b[31m * * * *", "[/] * * * *", "' OR 1=1 -- * *"]
)
def test_nonsense_is_refused_without_a_traceback(expression: str) -> None:
    with pytest.raises(CronError):
        parse_cron(expression)


REMEDIES = [
    ("0 9 * * FRI-MON", "0 9 * * FRI-SUN,MON"),
    ("0 9 * * fri-mon", "0 9 * * FRI-SUN,MON"),
    ("0 9 * * 5-1", "0 9 * * 5-7,1"),
    ("0 9 * * 6-0", "0 9 * * 6-7"),
    ("0 9 * * FRI-TUE/2", "0 9 * * FRI-SUN/2,TUE"),
    ("0 22-2 * * *", "0 22-23,0-2 * * *"),
    ("0 22-2/3 * * *", "0 22,1 * * *"),
    ("55-5,30 * * * *", "55-59,0-5,30 * * * *"),
    ("0 0 28-3 * *", "0 0 28-31,1-3 * *"),
    ("0 0 1 NOV-FEB *", "0 0 1 NOV-DEC,JAN-FEB *"),
    ("0 0 1 12-1 FRI-MON", "0 0 1 12,1 FRI-SUN,MON"),
    ("0 0 0 1 1 ? 2030-2027", "0 0 0 1 1 ? 2027-2030"),
    ("0 0 LW * *", "0 0 0 LW * ?"),
    ("0 0 15W * *", "0 0 0 15W * ?"),
    ("0 0 L-3 * *", "0 0 0 L-3 * ?"),
    ("0 0 L-3W * ?", "0 0 0 L-3W * ?"),
    ("30 2 1,15W 6 *", "0 30 2 1,15W 6 ?"),
    ("0 0 * * 5L", "0 0 0 ? * FRIL"),
    ("0 0 * * L5", "0 0 0 ? * FRIL"),
    ("0 0 * * friL", "0 0 0 ? * FRIL"),
    ("0 0 * * 0L,7L,3,1#2", "0 0 0 ? * SUNL,SUNL,WED,MON#2"),
    ("0 0 * * L", "0 0 * * SAT"),
    ("0 0 ? * ?", "0 0 * * *"),
    ("0 0 * * monday-FRIDAY", "0 0 * * MON-FRI"),
    ("0 0 1 sept *", "0 0 1 SEP *"),
    ("1,,2, * * * *", "1,2 * * * *"),
    ("H H(1-5) * * *", "17 1 * * *"),
    ("H/15 H(9-16)/2 * * 1-5", "*/15 9-16/2 * * 1-5"),
    ("5~10 ~ * * *", "5 2 * * *"),
    ("0 0 9 * * 0-4", "0 0 9 * * SUN-THU"),
    ("0 0 9 ? * 0,6 2030", "0 0 9 ? * SUN,SAT 2030"),
]


@pytest.mark.parametrize(("expression", "remedy"), REMEDIES)
def test_what_was_meant_is_named_and_understood(expression: str, remedy: str) -> None:
    with pytest.raises(CronError) as refused:
        parse_cron(expression)
    assert refused.value.remedy == remedy
    assert str(refused.value).endswith(f"; write {remedy}")
    assert parse_cron(remedy)


_LIMITS = st.sampled_from([(0, 0, 59), (1, 0, 23), (2, 1, 31), (3, 1, 12), (4, 1, 7)])


@given(_LIMITS, st.data())
def test_the_remedy_of_a_range_that_runs_backwards_is_the_range_over_the_end(
    limits: tuple[int, int, int], data: st.DataObject
) -> None:
    place, low, high = limits
    first = data.draw(st.integers(low + 1, high))
    last = data.draw(st.integers(low, first - 1))
    step = data.draw(st.integers(1, high - low))
    words = ["0", "0", "*", "*", "*"]
    words[place] = f"{first}-{last}/{step}"
    with pytest.raises(CronError) as refused:
        parse_cron(" ".join(words))
    size = high - low + 1
    meant = {(value - low) % size + low for value in range(first, last + size + 1, step)}
    assert values(refused.value.remedy, place) == meant


def values(expression: str, place: int) -> set[int]:
    parsed = parse_cron(expression)
    return set(
        [
            parsed.times.minutes,
            parsed.times.hours,
            parsed.day.values or range(1, 32),
            parsed.month.values or range(1, 13),
            [number or 7 for number in parsed.weekday.values or range(1, 8)],
        ][place]
    )


@pytest.mark.parametrize(
    "expression", ["61 * * * *", "0 0 LW * 5", "0 0 0 1 * MON", "0 0 * * 1#6", "hello", "@often"]
)
def test_none_is_named_where_it_is_not_known(expression: str) -> None:
    with pytest.raises(CronError) as refused:
        parse_cron(expression)
    assert refused.value.remedy == ""


def test_an_expression_is_parsed_once() -> None:
    assert parse_cron("1 2 3 4 *") is parse_cron("1 2 3 4 *")

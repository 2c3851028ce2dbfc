"""Expressions that are refused, by field and with the reason and the remedy."""

import pytest

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
        ("*/90 * * * *", "minute", "a step of 90 is out of range; use 1-59"),
        ("*/0 * * * *", "minute", "a step of 0 is out of range"),
        ("1-5/99999999999999999999 * * * *", "minute", "is out of range"),
        ("* */24 * * *", "hour", "a step of 24 is out of range; use 1-23"),
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


def test_an_expression_is_parsed_once() -> None:
    assert parse_cron("1 2 3 4 *") is parse_cron("1 2 3 4 *")

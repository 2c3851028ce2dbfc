"""Days that are left out, in words: behind the plan, before a zone."""

import pytest

from tests.schedules.plans import MADRID
from tests.schedules.words.sentences import NOW, short
from tui_scheduler.schedules import Plan, brief, parse_exceptions, summary, to_words
from tui_scheduler.schedules.words import parse


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "weekdays at 9 except company, 2026-12-24 in Europe/Madrid",
            "Weekdays at 09:00 from Monday 30 March 2026, except company, 2026-12-24",
        ),
        (
            "weekdays at 18:30, except on company and 2026-12-24..2027-01-06 UTC",
            "Weekdays at 18:30 from Friday 27 March 2026, except company, 2026-12-24..2027-01-06",
        ),
        ("30 2 * * * except company", "cron 30 2 * * *, except company"),
        ("cron @daily, 3 times except company", "cron @daily, 3 times, except company"),
        (
            "every 15 minutes from 9 to 17 on weekdays except bank-holidays",
            "cron */15 9-16 * * mon-fri, except bank-holidays",
        ),
        ("every 5 minutes Except for Company", "Every 5 minutes, except Company"),
        (
            "every hour until 2027-01-31 except 2026-12-25",
            "Every hour, until Sunday 31 January 2027, except 2026-12-25",
        ),
        (
            "tomorrow at 9 except company",
            "Once, on Saturday 28 March 2026 at 09:00, except company",
        ),
        (
            "daily at 9 except bi-monthly",
            "Every day at 09:00 from Saturday 28 March 2026, except bi-monthly",
        ),
        ("5 minutes after boot except company", "5 minutes after boot, except company"),
        (
            "after backup fails, 3 times except company, 2026-12-24",
            "After backup fails, 3 times, except company, 2026-12-24",
        ),
        (
            "When backup has succeeded, usually about 02:42, except company",
            "After backup, except company",
        ),
        ('after "all except one" except company', 'After "all except one", except company'),
        ('after "except"', 'After "except"'),
    ],
)
def test_they_stand_behind_the_plan(text: str, sentence: str) -> None:
    assert short(text) == sentence


def test_the_zone_is_that_of_the_days() -> None:
    plan = parse("weekdays at 9 except company, 2026-12-24 in Europe/Madrid", "UTC", NOW)
    assert plan.timezone == MADRID
    assert plan.except_ == parse_exceptions("company, 2026-12-24")


def test_what_is_offered_in_place_of_words_leaves_out_the_same() -> None:
    with pytest.raises(ValueError, match="monday at 7") as refused:
        parse("monday at 7 except company in Europe/Madrid", "UTC", NOW)
    assert "every monday at 7:00 except company in Europe/Madrid" in str(refused.value)


def many(number: int) -> Plan:
    days = ", ".join(f"2026-05-{day:02}" for day in range(1, number + 1))
    return parse(f"every hour except {days}", "UTC", NOW)


def test_sentences_say_all_of_them_and_lists_the_first() -> None:
    assert summary(many(4)) == brief(many(4))
    assert brief(many(4)).endswith("2026-05-03, 2026-05-04")
    assert summary(many(9)).endswith("2026-05-08, 2026-05-09")
    assert parse(to_words(many(9)), "UTC", NOW) == many(9)
    assert parse(summary(many(9)), "UTC", NOW) == many(9)


def test_a_list_says_how_many_more_there_are() -> None:
    weekdays = parse("weekdays at 9 except a, b, c, d, e", "UTC", NOW)
    assert brief(weekdays) == "Weekdays 09:00, except a, b, c, 2 more"

"""Words that could mean two things, and what is clear but not said so here, name what was meant."""

import pytest

from tests.schedules.words.sentences import NOW, examples_in, short
from tui_scheduler.schedules import problems
from tui_scheduler.schedules.words import parse

BOTH = [
    ("after 10 minutes", ["in 10 minutes", 'after "10 minutes"']),
    ("after two hours", ["in two hours", 'after "two hours"']),
    ("after 10m", ["in 10m", 'after "10m"']),
    ("after 1h30m in Asia/Tokyo", ["in 1h30m in Asia/Tokyo", 'after "1h30m" in Asia/Tokyo']),
    ("after 10min fails", ['after "10min" fails']),
    ("after the boot", ["at boot", 'after "the boot"']),
    ("after the backup fails", ["after backup fails", 'after "the backup" fails']),
    ("after backup finishes", ["after backup ends", 'after "backup finishes"']),
    ("after backup and report", ["after backup", "after report"]),
    ('after backup fails or "a b" ends', ["after backup fails", 'after "a b" ends']),
    ("at boot and daily at 9", ["at boot", "daily at 9"]),
    ("@reboot and daily at 9", ["@reboot", "daily at 9"]),
    ("5 minutes after backup fails", ["after backup fails"]),
    ("after boot", ["at boot", 'after "boot"']),
    ("after nightly backup", ['after "nightly backup"']),
    ("after nightly backup fails", ['after "nightly backup" fails']),
    ("after backup and after report", ["after backup", "after report"]),
    ("once daily at 9", ["daily at 9", "daily at 9 once in all"]),
    ("once every 2 hours", ["every 2 hours", "every 2 hours once in all"]),
    ("twice daily", ["daily at 9:00 and 21:00", "daily twice in all"]),
    ("twice daily at 6 and 18", ["0 6,18 * * *"]),
    ("daily twice", ["daily at 9:00 and 21:00", "daily twice in all"]),
    ("once nightly", ["nightly at 2:00", "nightly at 2:00 once in all"]),
    ("once every night at 3", ["every night at 3", "every night at 3 once in all"]),
    ("once weekdays at 9", ["weekdays at 9", "weekdays at 9 once in all"]),
    ("twice mondays at 9", ["0 9,21 * * mon", "mondays at 9 twice in all"]),
    ("every hour 10 times", ["every 6 minutes", "every hour 10 times in all"]),
    ("monthly twice on the 1st at 9", ["0 9 1,16 * *", "monthly on the 1st at 9 twice in all"]),
    ("twice weekly on monday at 9", ["0 9 * * mon,thu", "weekly on monday at 9 twice in all"]),
    ("thrice daily", ["daily at 1:00 and 9:00 and 17:00", "daily 3 times in all"]),
    ("3 times weekly on mon, wed, fri at 7", ["0 7 * * mon,wed,fri"]),
    ("once daily in Asia/Tokyo", ["daily in Asia/Tokyo", "daily once in all in Asia/Tokyo"]),
    (
        "every hour from 13:00 until 17:00",
        ["0 13-17 * * *", "every hour from 2026-03-27 at 13:00 until 2026-03-27 at 17:00"],
    ),
    (
        "every 15 minutes from 9:00 until 17:00",
        [
            "*/15 9-16 * * *",
            "every 15 minutes from 2026-03-28 at 9:00 until 2026-03-28 at 17:00",
        ],
    ),
    ("hourly from 9 to 5", ["hourly from 9 to 17:00", "hourly from 9 to 5:00"]),
    ("monday at 9 and 17", ["every monday at 9:00 and 17:00"]),
    ("nightly at 2 and 4", ["every day at 2:00 and 4:00"]),
    ("every 2 hours from 8:30 until 18", ["30 8-16/2 * * *"]),
    ("daily from 9 until 17", ["0 9-17 * * *"]),
    (
        "every other friday",
        ["every other friday at 8:00", "every other friday at the time of day it is scheduled"],
    ),
    ("every night at 9", ["every day at 21:00", "every day at 9:00"]),
    ("nightly at 9 on fridays", ["every friday at 21:00", "every friday at 9:00"]),
    ("every sunday night", ["every sunday at 22:00", "every monday at 2:00"]),
    ("every sunday night at 2", ["every sunday at 2:00", "every monday at 2:00"]),
    ("every evening at 7", ["every day at 19:00", "every day at 7:00"]),
    ("every friday at midnight", ["every friday at 0:00", "every friday at 23:59"]),
    ("tomorrow at midnight", ["tomorrow at 0:00", "tomorrow at 23:59"]),
    ("friday at midnight", ["every friday at 0:00", "2026-04-03 at 0:00"]),
    ("next sunday at 9", ["2026-03-29 at 9", "2026-04-05 at 9"]),
    ("monday at 9", ["every monday at 9:00", "2026-03-30 at 9:00"]),
    ("hourly at 15", ["15 * * * *", "every hour from 15:00", "every day at 15:00"]),
    ("every 5 minutes at 7", ["every 5 minutes from 7:00", "every day at 7:00"]),
    ("every second monday at 9", ["every 2 weeks on mon at 9:00"]),
    ("biweekly at 17", ["every 2 weeks on monday at 17:00", "every monday and thursday at 17:00"]),
    ("bi-monthly", ["0 8 1,15 * *", "0 8 1 */2 *"]),
    ("biannually", ["0 8 1 1,7 *", "0 0 8 1 1 ? 2026/2"]),
    ("every quarter", ["every 15 minutes", "0 8 1 1,4,7,10 *"]),
    ("tonight at 9", ["at 21:00", "tomorrow at 2:00"]),
    ("1 march at 9", ["1 march 2027 at 9:00", "every year on 1 march at 9:00"]),
    ("daily 9", ["daily at 9", "daily 9 times in all"]),
    ("10 minutes", ["every 10 minutes", "in 10 minutes"]),
]
MEANT = [
    ("0 0 LW * *", ["0 0 0 LW * ?"]),
    ("0 0 * * 5L", ["0 0 0 ? * FRIL"]),
    ("0 9 * * fri-mon until 2026-12-31", ["0 9 * * FRI-SUN,MON"]),
    ("Mon *-*-* 9", ["0 9 * * Mon"]),
    ("Mon..Fri *-*-* 08:15:00", ["15 8 * * Mon-Fri"]),
    ("*-*-01 06:00", ["0 6 1 * *"]),
    ("every first and third monday at 9", ["the first and third monday of every month at 9:00"]),
    ("quarterly at 6", ["0 6 1 1,4,7,10 *"]),
    ("semi-annually", ["0 8 1 1,7 *"]),
    ("@every 5m", ["every 5m"]),
    ("at night", ["at 2:00"]),
    ("once a year", ["every year on 1 january at 8:00"]),
    ("twice a year at 6", ["every year on 1 january and 1 july at 6:00"]),
    ("twice a day", ["daily at 9:00 and 21:00"]),
    ("twice an hour", ["every 30 minutes"]),
    ("4 times a minute", ["every 15 seconds"]),
    ("twice a week at 9", ["0 9 * * mon,thu"]),
    ("twice a month", ["0 8 1,16 * *"]),
    ("100 times a day", ["every 864 seconds"]),
    ("every night", ["every day at 2:00"]),
    ("every morning", ["every day at 8:00"]),
    ("weekly at 7", ["every monday at 7:00"]),
    ("every other month at 9", ["every 2 months on the 1st at 9:00"]),
    ("hourly on the 15th", ["hourly on the 15th of every month"]),
    ("hourly at :15", ["15 * * * *"]),
    ("hourly at minute 5", ["5 * * * *"]),
    ("daily at 7:30 and 19:00", ["daily at 7:30", "daily at 19:00"]),
    ("every 90 minutes between 9 and 17", ["0 9,12,15 * * *", "30 10,13,16 * * *"]),
    ("weekdays 9-17", ["0 9-17 * * mon-fri"]),
    (
        "alternate fridays",
        [
            "every other fridays at 8:00",
            "every other fridays at the time of day it is scheduled",
        ],
    ),
    ("LW", ["0 0 8 LW * ?"]),
    ("H H * * *", ["17 2 * * *"]),
    ("H/15 9-17 * * 1-5", ["*/15 9-17 * * 1-5"]),
    ("0~30 9 * * *", ["0 9 * * *"]),
    ("every half hour", ["every 30 minutes"]),
    ("at the end of the month at 9", ["the last day of every month at 9:00"]),
    ("business days at 9", ["weekdays at 9:00"]),
    ("every day until friday", ["every day until 2026-04-03"]),
    ("this monday at 9", ["2026-03-30 at 9"]),
]


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match="; write for example ") as refused:
        parse(text, "UTC", NOW)
    return str(refused.value)


@pytest.mark.parametrize(("text", "meant"), [*BOTH, *MEANT])
def test_what_was_meant_is_offered(text: str, meant: list[str]) -> None:
    offered = examples_in(refusal(text))
    assert [one for one in offered if one in meant] == meant


@pytest.mark.parametrize("text", [text for text, _ in (*BOTH, *MEANT)])
def test_all_that_is_offered_can_be_saved(text: str) -> None:
    for offered in examples_in(refusal(text)):
        assert problems(parse(offered, "UTC", NOW), NOW) == ()


@pytest.mark.parametrize(
    "text",
    [
        "once daily at 25:00",
        "twice daily {x} {0}",
        "every night {at} at 9",
        "once every {",
        "@every {x",
    ],
)
def test_what_cannot_be_understood_is_offered_to_nobody(text: str) -> None:
    for offered in examples_in(refusal(text)):
        assert "{" not in offered
        assert parse(offered, "UTC", NOW)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("once a day at 9", "every day at 9"),
        ("once per hour", "every hour"),
        ("once a week on monday at 9", "every monday at 9"),
        ("once a month on the 1st at 9", "monthly on the 1st at 9"),
        ("daily at 9 once in all", "every day at 9, once"),
        ("every hour 10 times in all", "every hour, 10 times"),
        ("daily at 9 twice", "every day at 9, twice"),
        ("twice in all daily at 9", "every day at 9, twice"),
        ("everyday at 9", "every day at 9"),
        ("every night at 2", "every day at 2"),
        ("nightly at 11pm", "every day at 23:00"),
        ("every evening at 7pm", "every day at 19:00"),
        ("every sunday night at 23:00", "every sunday at 23:00"),
        ("daily at midnight", "every day at 0:00"),
        ("every 1h30m", "every 90 minutes"),
        ("every 1 hour and 30 minutes", "every 90 minutes"),
        ("every hour and a half", "every 90 minutes"),
        ("every 2 hours 5 seconds", "every 7205 seconds"),
        ("hourly from 9", "hourly from 9:00"),
        ("from monday to friday at 9", "mon-fri at 9"),
        ("hourly until 18", "hourly until 18:00"),
        ("at 9 UTC", "at 9 in UTC"),
        ("daily at 9 europe/madrid", "daily at 9 in Europe/Madrid"),
        ("30 2 * * * utc", "30 2 * * * in UTC"),
        ("this friday at 22", "today at 22:00"),
        ("this sunday at 9", "2026-03-29 at 9"),
    ],
)
def test_what_is_clear_is_understood(text: str, same: str) -> None:
    assert short(text, "Asia/Tokyo") == short(same, "Asia/Tokyo")
    assert parse(text, "Asia/Tokyo", NOW).timezone == parse(same, "Asia/Tokyo", NOW).timezone

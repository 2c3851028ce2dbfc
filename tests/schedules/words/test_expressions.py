"""What no single plan says is made a cron expression, or refused with the requests that say it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedules.plans import cron, utc
from tests.schedules.words.sentences import NOW, examples_in, short
from tui_scheduler.schedules import Plan, count_fires, fires, problems, summary, to_words, warnings
from tui_scheduler.schedules.words import parse

MADE = [
    # several times of day
    ("daily at 9:00 and 17:00", "0 9,17 * * *"),
    ("at 9:00, 12:00 and 17:00 every day", "0 9,12,17 * * *"),
    ("daily at 9am and at 5pm", "0 9,17 * * *"),
    ("at 9, 12 and 17 on weekdays", "0 9,12,17 * * mon-fri"),
    ("weekends at noon and 18:00", "0 12,18 * * sat,sun"),
    ("every monday and thursday at 7:30, and 19:30", "30 7,19 * * mon,thu"),
    ("the 15th of every month at 9 and 17", "0 9,17 15 * *"),
    ("last friday of the month at 9 and 17", "0 0 9,17 ? * friL"),
    ("daily at 9:00, 9:30, 10:00 and 10:30", "0,30 9,10 * * *"),
    ("daily at 9:00:30 and 17:00:30", "30 0 9,17 * * ?"),
    ("every evening at 18:00 and 20:00", "0 18,20 * * *"),
    ("twice a day at 9 and 17", "0 9,17 * * *"),
    ("three times a day at 9, 12 and 17", "0 9,12,17 * * *"),
    ("weekdays at 9 and 17, 10 times", "0 9,17 * * mon-fri, 10 times"),
    ("daily at 9 and 9", None),
    # months
    ("every 3 months on the 1st at 8", "0 8 1 */3 *"),
    ("every other month on the 15th at 8", "0 8 15 */2 *"),
    ("every 6 months on the second monday at 8", "0 8 * */6 mon#2"),
    ("every 3 months on the last friday at 8", "0 0 8 ? */3 friL"),
    ("every 12 months on the last day at 8", "0 8 L 1 *"),
    ("every quarter on the 1st at 6", "0 6 1 */3 *"),
    ("quarterly on the last day at 6", "0 6 L 3,6,9,12 *"),
    ("last working day of the quarter at 6", "0 0 6 LW 3,6,9,12 ?"),
    ("every 2 quarters on the 1st at 6", "0 6 1 */6 *"),
    # days of the month
    ("first weekday of the month at 9", "0 0 9 1W * ?"),
    ("last weekday of the month at 9", "0 0 9 LW * ?"),
    ("the last working day of every month at 17:30", "0 30 17 LW * ?"),
    ("every first business day of the month at 9", "0 0 9 1W * ?"),
    ("first and last weekday of the month at 9", "0 0 9 1W,LW * ?"),
    ("the 1st and the 15th of every month at 9", "0 9 1,15 * *"),
    ("the 15th and last day of the month at 9", "0 9 15,L * *"),
    ("first and third monday of the month at 9", "0 9 * * mon#1,mon#3"),
    ("first and last friday of the month at 9", "0 0 9 ? * fri#1,friL"),
    ("fifth friday of the month at 17", "0 17 * * fri#5"),
    ("twice a month on the 1st and 15th at 9", "0 9 1,15 * *"),
    # days of the year
    ("yearly on 1 march at 9", "0 9 1 3 *"),
    ("yearly on the first of march at 9", "0 9 1 3 *"),
    ("1 march every year at 9", "0 9 1 3 *"),
    ("every 1 march at 9", "0 9 1 3 *"),
    ("every january 5 at 9", "0 9 5 1 *"),
    ("once a year on 5 january at 9", "0 9 5 1 *"),
    ("on 1 march and 1 september at 9", "0 9 1 3,9 *"),
    ("the 1st of march, june and september at 9", "0 9 1 3,6,9 *"),
    ("twice a year on 1 march and 1 september at 9", "0 9 1 3,9 *"),
    ("every year on the 1st and 15th of march at 9", "0 9 1,15 3 *"),
    ("yearly on the last day of february at 9", "0 9 L 2 *"),
    ("every year on the last friday of march at 9", "0 0 9 ? 3 friL"),
    ("every year on 29 february at 9", "0 9 29 2 *"),
    ("every other year on 1 march at 9", "0 0 9 1 3 ? 2027/2"),
    ("every 2 years on 1 april at 9", "0 0 9 1 4 ? 2026/2"),
    # windows
    ("every 15 minutes from 9:00 to 17:00 on weekdays", "*/15 9-16 * * mon-fri"),
    ("every 15 minutes from 9:00 until 17:00 on weekdays", "*/15 9-16 * * mon-fri"),
    ("every 15 min between 9am and 5pm mon-fri", "*/15 9-16 * * mon-fri"),
    ("mon-fri every 15 min 9am-5pm", "*/15 9-16 * * mon-fri"),
    ("every 15 minutes 9-17", "*/15 9-16 * * *"),
    ("every 15 min 9am to 5pm", "*/15 9-16 * * *"),
    ("every 15 minutes daily from 9 until 17", "*/15 9-16 * * *"),
    ("every 15 minutes from 9:00 to 17:45", "*/15 9-17 * * *"),
    ("every 20 minutes from 9:10 to 17", "10,30,50 9-16 * * *"),
    ("every 7 minutes between 9 and 9:15", "0,7,14 9 * * *"),
    ("every minute from 0:00 to 0:59", "* 0 * * *"),
    ("every 30 seconds from 9 to 17", "*/30 * 9-16 * * ?"),
    ("hourly from 9 to 17", "0 9-17 * * *"),
    ("hourly from 9 to 17:30", "0 9-17 * * *"),
    ("every 2 hours from 8:30 to 18", "30 8-16/2 * * *"),
    ("hourly from 22 to 2", "0 22-23,0-2 * * *"),
    ("every 30 minutes from 22:00 to 2:00", "*/30 22-23,0-1 * * *"),
    ("hourly from 18 to midnight on weekdays", "0 18-23 * * mon-fri"),
    ("every hour from 9 to 17 on the 1st of every month", "0 9-17 1 * *"),
    ("every 10 minutes from 8 to 10 on 1 march every year", "*/10 8-9 1 3 *"),
    ("every 15 minutes from 9 to 17, 10 times", "*/15 9-16 * * *, 10 times"),
    ("every 30 minutes on weekdays", "*/30 * * * mon-fri"),
    ("every 2 hours on monday", "0 */2 * * mon"),
    ("hourly on the 15th of every month", "0 * 15 * *"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "made"), [case for case in MADE if case[1]])
def test_an_expression_is_made(text: str, made: str) -> None:
    assert short(text) == f"cron {made}"


@pytest.mark.parametrize("text", [text for text, _ in MADE])
def test_what_is_made_can_be_saved_and_is_understood_again(text: str) -> None:
    read = parse(text, "UTC", NOW)
    assert problems(read, NOW) == ()
    assert parse(to_words(read), "UTC", utc("2031-05-05T05:05:05")) == read


def test_one_time_of_day_needs_none() -> None:
    assert short("daily at 9 and 9:00") == short("daily at 9")
    assert short("twice a week on mon and thu at 9") == short("every mon and thu at 9")


def test_bounds_are_those_of_other_plans() -> None:
    bounded = "daily at 9 and 17 from 2027-03-01 until 2027-12-31"
    assert short(bounded) == (
        "cron 0 9,17 * * *, from Monday 1 March 2027 at 00:00, until Friday 31 December 2027"
    )
    assert short("every 30 minutes on weekdays from tomorrow") == (
        "cron */30 * * * mon-fri, from Saturday 28 March 2026 at 00:00"
    )
    assert short("yearly on 1 march from 2027-01-01 at 9").startswith("cron 0 9 1 3 *, from Fri")


@pytest.mark.parametrize(
    "window",
    [
        "every 15 minutes from 9:00 to 17:00",
        "every 15 min 9-17",
        "every 15 min daily from 9 until 17",
    ],
)
def test_a_window_goes_with_a_first_and_a_last_day_in_any_order(window: str) -> None:
    made = "cron */15 9-16 * * *, from Monday 1 March 2027 at 00:00, until Friday 31 December 2027"
    assert short(f"{window} from 2027-03-01 until 2027-12-31") == made
    assert short(f"from 2027-03-01 until 2027-12-31 {window}") == made
    assert short(f"from 2027-03-01, {window}, until 2027-12-31") == made


def test_months_count_from_the_first_that_is_said() -> None:
    text = "every 3 months on the 15th at 8 from {}"
    assert short(text.format("2027-02-01")).startswith("cron 0 8 15 2,5,8,11 *, from")
    assert short(text.format("2027-04-01")).startswith("cron 0 8 15 */3 *, from")
    assert short("every 12 months on the 1st at 8 from 2027-05-01").startswith("cron 0 8 1 5 *,")


def test_without_a_time_of_day_it_is_the_one_at_which_it_is_said() -> None:
    assert short("first weekday of the month", "Asia/Tokyo") == "cron 0 0 21 1W * ?"
    assert short("yearly on 1 march") == "cron 0 12 1 3 *"


SEVERAL = [
    ("daily at 7:30 and 19:00", ["daily at 7:30", "daily at 19:00"]),
    ("daily at 9:30, 12:00 and 17:30", ["daily at 9:30 and 17:30", "daily at 12:00"]),
    ("every 2 days at 9 and 17", ["every 2 days at 9:00", "every 2 days at 17:00"]),
    (
        "every other friday at 9 and 17",
        ["every other friday at 9:00", "every other friday at 17:00"],
    ),
    (
        "the 31st or the last day of the month at 9 and 17",
        [
            "the 31st or the last day of the month at 9:00",
            "the 31st or the last day of the month at 17:00",
        ],
    ),
    ("tomorrow at 9 and 17", ["tomorrow at 9:00", "tomorrow at 17:00"]),
    (
        "yearly on 1 march and 15 september at 9",
        ["every year on 1 march at 9:00", "every year on 15 september at 9:00"],
    ),
    ("every 90 minutes from 9 to 17", ["0 9,12,15 * * *", "30 10,13,16 * * *"]),
    ("every 90 minutes on weekdays", ["0 0-21/3 * * mon-fri", "30 1-22/3 * * mon-fri"]),
    (
        "every 30 minutes from 22:00 to 2:00 on weekdays",
        ["*/30 22-23 * * mon-fri", "*/30 0-1 * * tue-sat"],
    ),
    ("hourly from 22 to 2 on fridays", ["0 22-23 * * fri", "0 0-2 * * sat"]),
    ("mondays at 9 and fridays at 17", ["mondays at 9", "fridays at 17"]),
    ("weekdays at 9, weekends at 11", ["weekdays at 9", "weekends at 11"]),
    ("daily at 9 and 17 and weekdays at 8", ["daily at 9 and 17", "weekdays at 8"]),
]


@pytest.mark.parametrize(("text", "requests"), SEVERAL)
def test_more_than_one_plan_is_refused_with_each(text: str, requests: list[str]) -> None:
    with pytest.raises(ValueError, match="request") as refused:
        parse(text, "UTC", NOW)
    assert str(refused.value).endswith(f"; write for example {', and '.join(requests)}")
    assert examples_in(str(refused.value)) == requests or len(requests) == 2
    assert all(problems(parse(each, "UTC", NOW), NOW) == () for each in requests)


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (
            "every year on 29 february at 9",
            "29 February comes only in leap years: use L for the last day of February",
        ),
        (
            "every 3 months on the 31st at 9",
            "months without a day 31 are skipped: use L for the last day to run in all",
        ),
        ("every year on 31 march at 9", None),
        ("every 3 months on the last day at 9", None),
        ("yearly on 1 march at 9", None),
    ],
)
def test_days_that_do_not_always_come_are_told(text: str, warned: str | None) -> None:
    assert warnings(parse(text, "UTC", NOW), NOW) == ((warned,) if warned else ())


_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: list[tuple[str, Callable[[date], bool]]] = [
    ("daily", lambda _day: True),
    ("on weekdays", lambda day: day.weekday() < 5),
    ("on weekends", lambda day: day.weekday() > 4),
    *(
        (f"every {name}", lambda day, at=at: day.weekday() == at)
        for at, name in enumerate(_WEEKDAYS)
    ),
    ("mon-wed", lambda day: day.weekday() < 3),
    ("on the 15th of every month", lambda day: day.day == 15),
    ("the 1st and 15th of every month", lambda day: day.day in {1, 15}),
    ("the last day of every month", lambda day: (day + timedelta(days=1)).day == 1),
    ("second tuesday of every month", lambda day: day.weekday() == 1 and 8 <= day.day <= 14),
    ("every year on 1 may", lambda day: (day.day, day.month) == (1, 5)),
    ("on the 1st of april and may", lambda day: day.day == 1 and day.month in {4, 5}),
]
AHEAD = timedelta(days=36)
PROPERTY = settings(max_examples=50, derandomize=True, deadline=None, database=None)
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 0, 0, 5, 15, 30, 40]))


def listed(plans: list[Plan]) -> list[datetime]:
    """All fires of the plans that follow in a while."""
    end = NOW + AHEAD
    moments: set[datetime] = set()
    for plan in plans:  # one more than there should be, as one too many is to be seen
        moments.update(fires(plan, NOW, count_fires(plan, NOW, end) + 1))
    return sorted(fire for fire in moments if fire <= end)


def expected(on: Callable[[date], bool], minutes: list[int]) -> list[datetime]:
    """The same, day by day; minutes count from midnight, also over the next one."""
    moments: set[datetime] = set()
    for number in range(-1, AHEAD.days + 2):
        day = NOW.date() + timedelta(days=number)
        midnight = datetime.combine(day, time(), UTC)
        moments |= {midnight + timedelta(minutes=minute) for minute in minutes if on(day)}
    return sorted(fire for fire in moments if NOW < fire <= NOW + AHEAD)


def understood(text: str) -> list[Plan] | None:
    """The plan, or those that are offered in its place to be taken together."""
    try:
        return [parse(text, "UTC", NOW)]
    except ValueError as refused:
        _, _, offered = str(refused).partition("; write for example ")
        is_together = "one request cannot say all" in str(refused)
        return (
            [parse(each, "UTC", NOW) for each in offered.split(", and ")] if is_together else None
        )


@PROPERTY
@given(st.sampled_from(DAYS), st.lists(clocks, min_size=2, max_size=4, unique=True))
def test_times_of_day_fire_as_the_calendar_says(
    days: tuple[str, Callable[[date], bool]], times: list[time]
) -> None:
    words, on = days
    clock_text = " and ".join(f"{clock:%H:%M}" for clock in times)
    plans = understood(f"{words} at {clock_text}")
    assert plans
    assert listed(plans) == expected(on, [clock.hour * 60 + clock.minute for clock in times])


@PROPERTY
@given(
    st.sampled_from(DAYS),
    st.sampled_from([5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 300]),
    clocks,
    clocks,
    st.sampled_from(["from {} to {}", "between {} and {}", "{}-{}"]),
)
def test_a_window_has_all_its_fires_up_to_its_end(
    days: tuple[str, Callable[[date], bool]], step: int, begin: time, end: time, words: str
) -> None:
    named, on = days
    window = words.format(*(f"{clock:%H:%M}" for clock in (begin, end)))
    plans = understood(f"every {step} minutes {window} {named}")
    first, last = (clock.hour * 60 + clock.minute for clock in (begin, end))
    last += 24 * 60 if last <= first else 0
    minutes = [*range(first, last + 1, step)]
    if plans is None:  # more than a few requests, or over midnight on days of the month
        assert step < 60 or last > 24 * 60
        return
    with_end, without = expected(on, minutes), expected(on, [at for at in minutes if at < last])
    assert listed(plans) in (with_end, without)
    if len(plans) == 1 and listed(plans) != with_end:
        assert step < 60 or last % (24 * 60) == 0 or last > 24 * 60


@PROPERTY
@given(st.sampled_from([text for text, _ in MADE]))
def test_the_sentence_of_what_is_made_is_refused_or_means_the_same(text: str) -> None:
    made = parse(text, "UTC", NOW)
    try:
        read = parse(summary(made), "UTC", NOW)
    except ValueError:
        return
    assert fires(read, NOW, 50) == fires(made, NOW, 50)


@pytest.mark.parametrize(
    "expression",
    [
        "0 9,17 * * *",
        "0 9,12,17 * * 1-5",
        "*/15 9-16 * * 1-5",
        "0 9-17 * * *",
        "*/30 22-23,0-1 * * *",
        "0 9 1,15 * *",
        "0 0 9 LW * ?",
        "0 0 9 1W * ?",
        "0 8 1 1,4,7,10 *",
        "0 9 1 3,9 *",
    ],
)
def test_sentences_of_expressions_that_words_make_are_understood(expression: str) -> None:
    read = parse(summary(cron(expression)), "UTC", NOW)
    assert fires(read, NOW, 40) == fires(cron(expression), NOW, 40)

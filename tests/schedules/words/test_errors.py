"""What is not understood is refused with the word and an example, and nothing is guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedules.words.sentences import NOW, examples_in
from tests.support.texts import ANY_CHARACTER
from tui_scheduler.schedules import Plan, to_words
from tui_scheduler.schedules.words import parse

REFUSED = [
    ("", "nothing is said"),
    ("   ", "nothing is said"),
    ("x" * 2000, "too long"),
    ("wekdays at 7", "'wekdays' is not understood (perhaps weekdays)"),
    ("every", "something is missing after 'every'"),
    ("every fortnight", "'fortnight' is not understood after 'every'"),
    ("every 5 lightyears", "'lightyears' is not understood after 'every 5'"),
    ("every 2 mondays at 7", "'mondays' is not understood after 'every 2'"),
    ("every 0 minutes", "'every 0' never ends"),
    ("every 9999999999 days", "9999999999 is too large"),
    ("every day at", "something is missing after 'every day at'"),
    ("every day at 25:00", "'25:00' is not a time of day"),
    ("at 13pm", "'13pm' is not a time of day"),
    ("at 1830", "'1830' is not a time of day"),
    ("7", "'7' alone is not clear"),
    ("daily 7", "'7' alone is not clear"),
    ("01/02/2027 at 7", "'01/02/2027' is read in different ways"),
    ("1-2-2027 at 7", "'1-2-2027' is read in different ways"),
    ("2027-02-30 at 7", "there is no 2027-02-30"),
    ("30 february 2027 at 7", "there is no 30 February 2027"),
    ("1 march at 7", "a day and a year belong to March"),
    ("monday 29 march 2026 at 7", "Sunday 29 March 2026 is not a monday"),
    ("monday at 7", "Monday could be once or every week"),
    ("every second monday at 7", "it is not said of what the second Monday is"),
    ("biweekly", "'biweekly' could be twice a week or every two weeks"),
    ("tomorrow", "it is not said at what time"),
    ("once", "it is not said at what time"),
    ("today at 9:00", "09:00 is over today"),
    ("from tomorrow", "it is not said how often"),
    ("10 times", "it is not said how often"),
    ("weekly at 7", "it is not said on which weekdays"),
    ("monthly at 7", "it is not said on which day of the month"),
    ("every day of the month", "it is not said on which day of the month"),
    ("every 3 months", "it is not said on which day of the month"),
    ("every 5 months on the 15th at 8", "5 months do not go evenly into a year"),
    ("yearly", "it is not said on which day of the year"),
    ("yearly on the 15th at 8", "it is not said on which day of the year"),
    ("every march at 8", "it is not said on which day of the month"),
    ("every year on 31 april", "there is no 31 April"),
    ("last friday of march at 9", "it is not said of which year"),
    ("once on 1 march and 1 september at 9", "a day and a year belong to March"),
    ("weekdays on 1 march at 9", "weekdays or weekends and a day of the year cannot go together"),
    ("every week on 1 march every year", "days of the year are said of every year"),
    ("twice a day", "'twice a day' is said by its times of day"),
    ("twice a day at 9", "'twice a day' is said by its times of day"),
    ("three times a day at 9 and 17", "'3 times a day' is said by its times of day"),
    ("twice a week on monday at 9", "'twice a week' is said by its weekdays"),
    ("13 times a year", "'13 times a year' is said by its days"),
    ("at 9 and 17", "it is not said on which days"),
    ("daily at 9 and 25", "'25' is not a time of day"),
    ("daily at 9 and 17 when it is scheduled", "has a time of day of its own"),
    ("daily from 9:00 at 10 and 17", "two times of day are said"),
    ("daily at 9 and 17 at 8", "the time of day is said twice"),
    ("daily at 2:30 (second pass) and 9", "'second pass' is said of a single time"),
    ("second working day of the month at 9", "the second working day is not sayable"),
    ("last weekend of the month at 9", "the last weekend is not sayable"),
    ("6th friday of the month at 9", "no month has the 6th Friday"),
    ("the 1st and 32nd of the month at 9", "no month has the 1st and 32nd day"),
    ("the last day and first monday of the month at 9", "days and weekdays of the month cannot"),
    ("last working day at 9", "it is not said of what the last working day is"),
    ("weekdays from 9 to 17", "it is not said how often between these times"),
    ("weekdays 9-17", "it is not said how often between these times"),
    ("every 15 minutes from 9 to 5", "5 could be in the afternoon, or on the next day"),
    ("every 7 minutes on weekdays", "this interval does not go evenly into a day"),
    ("every 7 seconds from 9 to 17", "this interval does not go evenly into a minute"),
    ("every 30 minutes on weekdays from 9:00", "from and until are said together"),
    ("every 30 minutes on weekdays at 9:00", "a time of day does not go with what is not"),
    ("every 15 minutes at 8 from 9 to 17", "a time of day does not go with what is not"),
    ("every 15 minutes every day", "how often is said twice"),
    ("hourly from 9 from 2027-03-01", "the first moment is said twice"),
    ("hourly from 9 to 17 until 18:00", "the last moment is said twice"),
    ("hourly from 9 to 17 from 2027-03-01 from 2027-03-02", "the first moment is said twice"),
    ("@daily at 9 and 17", "a cron expression and times of day cannot go together"),
    ("32nd of every month at 7", "no month has a day 32"),
    ("the 28th or the last day of the month", "'or the last day' is said of a day that some"),
    ("last friday of the month or the last day", "'or the last day' is said of a day that some"),
    ("daily or the last day", "'or the last day' is said of a day that some"),
    ("the 31st or the last of the month", "'last' is not understood after '31st or the'"),
    ("the last of the month", "'of' is not understood after 'the last'"),
    ("every 5 minutes at 7", "a time of day does not go with"),
    ("every day on monday at 7", "Monday can only be said of weeks"),
    ("weekdays on the 15th of every month", "cannot go together"),
    ("every 2 days on weekends", "weekends are those of every week"),
    ("weekdays of the month at 7", "weekdays are those of every week"),
    ("30 2 * * *, every day", "a cron expression and an interval cannot go together"),
    ("@daily on weekdays", "a cron expression and weekdays or weekends cannot go together"),
    ("30 2 * * * at 7", "a time of day does not go with"),
    ("@daily, weekdays", "a cron expression and weekdays or weekends cannot go together"),
    ("@daily, of the month", "a cron expression and the month cannot go together"),
    ("once tomorrow 9:00, when it is scheduled", "that it is the one of scheduling"),
    ("every day at 7, when it is scheduled", "that it is the one of scheduling"),
    ("hourly on the 15th", "it is not said of what the 15th is"),
    ("every 2 days on the 15th", "the 15th can only be said of every month"),
    ("every day at 7 tomorrow", "said with from or until"),
    ("every day from tomorrow", "it is not said at what time"),
    ("every day at 7 from tomorrow 8:00", "two times of day are said"),
    ("daily at 7 at 8", "the time of day is said twice"),
    ("daily at 9 except", "it is not said which days are left out"),
    ("except company", "'except' stands behind the plan"),
    ("daily except company at 9", "'company at 9' is no date and no calendar"),
    ("daily at 9 except sundays", "days of the week are said by the plan itself"),
    ("daily at 9 except 24 december", "'24 december' is no date"),
    ("daily at 9 except 2027-01-06..2026-12-24", "ends before it begins"),
    ("now except company", "'now' leaves no day out"),
    ("daily at 7 exept company", "'exept' is not understood after 'daily at 7' (perhaps except)"),
    ("now, 10 times", "'now' goes with nothing else"),
    ("daily at 7 in Europe/Madird", "'Europe/Madird' is no time zone (perhaps Europe/Madrid)"),
    ("tomorrow in the morning", "'the' is not understood after 'tomorrow in'"),
    ("61 * * * *", "cron: minute: 61 is out of range; use 0-59"),
    ("*/5 * * *", "cron: the expression has 4 fields"),
    ("@often", "cron: @often is not known"),
    ("in 999999999 weeks", "this leaves the calendar"),
    ("in 5", "something is missing after 'in 5'"),
    ("next week", "'week' is not understood after 'next'"),
    ("after", "it is not said after what"),
    ("after utc", "it is not said after what"),
    ("at boot until tomorrow", "what awaits a boot has neither times nor an end"),
    ("5 minutes after boot, 3 times", "what awaits a boot has neither times nor an end"),
    ("@reboot spread over 5 minutes", "what awaits a boot has neither times nor an end"),
    ("5 minutes after noon", "'5' alone is not clear"),
    ('after "backup', "it is not said after what"),
    ("after 9:00", "it is not said after what"),
    ("after backup at 9", "what awaits an event has no other times"),
    ("after backup every day", "what awaits an event has no other times"),
    ("after backup has run", "'has' is not understood"),
    ("every hour after backup", "'after' is not understood after 'every hour'"),
    ("soon after boot", "'soon' is not understood"),
    ("at boot after lunch", "'lunch' is not understood"),
    ("daily at 7 \x1b[31m", r"'\x1b' is not understood"),
    ("every day at \uff17", "is not understood"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_the_word_is_named_and_an_example_given(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="; write for example ") as refused:
        parse(text, "UTC", NOW)
    assert reason in str(refused.value)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED])
def test_every_example_that_is_given_is_understood(text: str) -> None:
    with pytest.raises(ValueError, match="; write for example ") as refused:
        parse(text, "UTC", NOW)
    for example in examples_in(str(refused.value)):
        assert parse(example, "UTC", NOW)


def understood_or_refusal(text: str) -> Plan | str:
    try:
        return parse(text, "UTC", NOW)
    except ValueError as refused:
        return str(refused)


VOCABULARY = """
    every each other at on the of month in from until once twice times now today tomorrow next
    hourly daily weekly monthly weekdays weekends monday tue fridays mon-fri first second third
    last day week minutes h 1 2 7 15 31st 18:30 6pm noon 2026-05-01 2026-05-01T09:00 march 2027
    , and - when it is scheduled UTC Europe/Madrid cron * */5 @daily that has one
    between to a an per all night nightly midnight quarterly half yearly thrice this weekday
    year april 12 or quarter working
"""
WORD_OF = {chr(0x4E00 + number): word for number, word in enumerate(VOCABULARY.split())}
SENTENCES = st.text("".join(WORD_OF), max_size=8).map(
    lambda drawn: " ".join(WORD_OF[each] for each in drawn)
)
"""Up to eight words, each drawn as a letter: a text is drawn at once, and a list piece by piece."""


@settings(max_examples=2000, derandomize=True, deadline=None, database=None)
@given(SENTENCES)
def test_any_words_are_understood_or_refused_and_what_is_understood_is_spelt_out(text: str) -> None:
    read = understood_or_refusal(text)
    if isinstance(read, str):
        assert all(parse(example, "UTC", NOW) for example in examples_in(read))
    else:
        assert parse(to_words(read), read.timezone, NOW) == read


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(st.text(ANY_CHARACTER, max_size=40))
def test_any_text_is_refused_in_words(text: str) -> None:
    read = understood_or_refusal(text)
    assert isinstance(read, Plan) or read.isprintable()

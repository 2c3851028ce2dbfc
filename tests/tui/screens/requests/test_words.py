"""When a request runs, said in plain words: the fields follow them, until a hand changes one."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.services.drafts import a_process, a_request, every
from tests.support.clock import FakeClock
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import FormPilot, opened_form, request_form
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing, Weekday
from tui_scheduler.schedules.words import parse
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.requests.form_layout import SAYINGS
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.tui.widgets.plain_text import Words
from tui_scheduler.tui.widgets.plan_preview import PlanPreview, Sayings

# It is Monday 2 March 2026, 12:00, in UTC.
NIGHTLY = every(Frequency.DAILY, interval=2, start=datetime.fromisoformat("2026-03-02T02:30"))


pytestmark = pytest.mark.usefixtures("_no_pause")


async def saved_plan(form: FormPilot) -> Plan:
    await form.press("ctrl+s")
    assert form.saved == Saved(1)
    runtime = form.form.runtime
    return (await runtime.read(runtime.services.requests.get, 1)).plan


async def test_words_alone_make_a_request(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "when": "last friday of the month at 6pm"})
        assert form.text_of("#preview-sentence") == "The last Friday of every month at 18:00"
        assert form.fires[0].startswith("Fri 27 Mar 18:00")
        assert await saved_plan(form) == every(
            Frequency.MONTHLY,
            monthly_option=MonthlyOption.LAST,
            weekday=Weekday.FRI,
            start=datetime.fromisoformat("2026-03-27T18:00"),
        )


async def test_the_fields_below_follow_while_one_types(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "every 15 minutes"})
        assert form.field("timing").value is Timing.SCHEDULE
        assert form.field("frequency").value is Frequency.MINUTELY
        assert form.field("interval").value == "15"
        await form.fill({"when": "weekdays at 18:30 until 2026-12-31, 10 times"})
        assert form.field("daily_option").value is DailyOption.WEEKDAYS
        assert form.field("start").value == "2026-03-02 18:30"
        assert form.field("finish").value == "2026-12-31 23:59:59"
        assert form.field("repetitions").value == "10"
        assert "interval" not in form.visible_fields
        note = "One late run makes up for all that were missed."
        assert [words.text for words in form.field("misfire").query(Words)] == [note]
        await form.fill({"when": "tomorrow 9:00"})
        assert form.visible_fields == {
            "process", "description", "when", "timing", "start", "spread", "except_", "timezone",
            "silent_after", "parameters",
        }  # fmt: skip


async def test_words_that_are_not_understood_are_a_problem_of_their_field(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "when": "wekdays at 7"})
        assert form.problems == {
            "when": "'wekdays' is not understood (perhaps weekdays); write for example"
            " every 15 minutes, weekdays at 18:30 or tomorrow 9:00"
        }
        assert form.text_of("#preview-sentence") == ""
        assert form.fires == []
        await form.press("ctrl+s")
        assert form.is_open
        assert form.form.focused is form.field("when").control
        await form.fill({"when": "weekdays at 7"})
        assert form.problems == {}
        assert form.text_of("#preview-sentence") == "Weekdays at 07:00"


async def test_saving_does_not_wait_for_the_pause_after_typing(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup"})
        await form.go_to("when")
        await form.type(*"hourly", "ctrl+s")
        await form.settle()
        assert form.saved == Saved(1)
        runtime = form.form.runtime
        view = await runtime.read(runtime.services.requests.get, 1)
        assert view.plan.frequency is Frequency.HOURLY


async def test_words_that_are_taken_away_leave_what_they_said(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "every 15 minutes"})
        await form.fill({"when": ""})
        assert form.field("interval").value == "15"
        assert form.text_of("#preview-sentence") == "Every 15 minutes"


@pytest.mark.parametrize("words", ["every 15 minutes", "every 15 minuten"])
async def test_a_field_changed_by_hand_takes_the_place_of_the_words(
    a_runtime: OpenRuntime, words: str
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE, "when": words})
        await form.fill({"frequency": Frequency.HOURLY, "interval": "4"})
        assert form.field("when").value == ""
        assert form.problems == {}
        assert await saved_plan(form) == every(Frequency.HOURLY, interval=4)


async def test_a_field_that_is_not_about_time_leaves_the_words(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "hourly", "description": "x", "parameters": "A=1"})
        assert form.field("when").value == "hourly"


async def test_words_after_a_hand_win_again(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "hourly", "interval": "4"})
        await form.fill({"when": "hourly"})
        assert form.field("interval").value == "1"
        assert form.field("when").value == "hourly"


async def test_a_zone_in_the_words_is_chosen_and_given_back_without_it(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "tomorrow 9:00 in Asia/Tokyo"})
        assert form.field("timezone").value == "Asia/Tokyo"
        await form.fill({"when": "tomorrow 9:00"})
        assert form.field("timezone").value == "UTC"


async def test_words_are_said_in_the_zone_that_is_chosen(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.LATER, "timezone": "tokyo", "when": "at 20:30"})
        assert form.field("timezone").value == "Asia/Tokyo"
        assert form.field("start").value == "2026-03-03 20:30"  # there it is 21:00 already


async def test_a_while_from_now_is_fixed_when_it_is_said(
    a_runtime: OpenRuntime, clock: FakeClock
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "when": "in 10 minutes"})
        clock.advance(minutes=3)
        assert (await saved_plan(form)).start == clock.now().replace(tzinfo=None) + timedelta(
            minutes=7
        )


def stored(plan: Plan, services: Services) -> None:
    a_request(services, plan)


def edit(runtime: Runtime) -> RequestForm:
    return request_form(runtime, 1)


async def test_an_edited_request_shows_its_plan_in_words_that_may_be_typed(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, partial(stored, NIGHTLY)) as form:
        control = form.field("when").control
        assert isinstance(control, LineEntry)
        assert control.value == "Every 2 days at 02:30 from Monday 2 March 2026"
        assert not form.form.is_changed
        await form.fill({"when": control.value + " "})
        assert form.text_of("#preview-warnings") == ""  # its start is in the past, as it was
        assert await saved_plan(form) == NIGHTLY


async def test_the_start_of_a_stored_plan_is_in_the_past_only_once_it_is_changed(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, partial(stored, NIGHTLY)) as form:
        await form.fill({"interval": "3"})
        assert form.text_of("#preview-warnings") == ""
        await form.fill({"start": "2026-03-01 02:30"})
        assert form.text_of("#preview-warnings").startswith("▲ start is in the past: runs next on")


def is_offering(form: FormPilot) -> bool:
    return form.form.query_one(PlanPreview).is_offering


def examples(form: FormPilot) -> str:
    return str(form.form.query_one(Sayings).render())


async def test_an_empty_line_that_has_the_focus_offers_what_could_be_said(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process, size=(80, 24)) as form:
        assert not is_offering(form)
        await form.go_to("when")
        await form.settle()
        assert is_offering(form)
        assert all(saying in examples(form) for saying in SAYINGS)
        await form.press("right")
        assert form.field("when").value == SAYINGS[0]
        assert not is_offering(form)
        assert form.text_of("#preview-sentence") == "Weekdays at 18:30"


async def test_what_is_suggested_behind_the_words_is_taken(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.go_to("when")
        await form.press(*"Last")
        await form.press("right")
        assert form.field("when").value == "last friday of the month at 18:00"


async def test_taking_a_suggestion_is_offered_only_while_there_is_one(
    a_runtime: OpenRuntime,
) -> None:
    def is_offered(form: FormPilot) -> bool:
        bar = form.pilot.app.screen.query_one(KeyBar)
        return any("Take suggestion" in label for label in bar.labels)

    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.go_to("when")
        await form.settle()
        assert is_offered(form)
        await form.press(*"Last")
        assert is_offered(form)
        await form.press("x")
        assert not is_offered(form)
        await form.press("left", "left", "right", "y")
        assert form.field("when").value == "Lastyx"
        await form.press("backspace", "right", "backspace")
        assert form.field("when").value == "Last"
        assert is_offered(form)


async def test_an_example_is_taken_by_a_click(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process, size=(80, 24)) as form:
        await form.go_to("when")
        await form.settle()
        x = examples(form).splitlines()[2].index(SAYINGS[6])
        await form.pilot.click(Sayings, offset=(x, 2))
        await form.settle()
        assert form.field("when").value == SAYINGS[6]


@pytest.mark.parametrize("saying", SAYINGS)
def test_all_that_is_offered_is_understood(saying: str, clock: FakeClock) -> None:
    assert parse(saying, "UTC", clock.now())


async def test_words_replace_the_whole_plan_of_an_edited_request(a_runtime: OpenRuntime) -> None:
    plan = every(Frequency.CRON, cron="0 9 * * *", repetitions=5)
    async with opened_form(a_runtime, edit, partial(stored, plan)) as form:
        await form.fill({"when": "every 2 hours"})
        assert await saved_plan(form) == every(Frequency.HOURLY, interval=2)


async def test_hostile_words_are_refused_harmlessly(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"when": "[/bold] [red]hourly"})
        assert form.field("when").problem.startswith("'[' is not understood")


class Counts:
    """How often a form validates, shows the plan and asks the database."""

    def __init__(self, form: FormPilot, monkeypatch: pytest.MonkeyPatch) -> None:
        self._counted: Counter[str] = Counter()
        self._monkeypatch = monkeypatch
        self._count(form.form, "validate")
        self._count(form.form, "preview")
        self._count(form.form.runtime, "read")

    def take(self) -> dict[str, int]:
        """What was counted since the last time."""
        counted, self._counted = self._counted, Counter()
        return dict(counted)

    def _count(self, owner: object, name: str) -> None:
        method = getattr(owner, name)

        def counting(*args: object, **options: object) -> object:
            self._counted[name] += 1
            return method(*args, **options)

        self._monkeypatch.setattr(owner, name, counting)


ONCE = {"validate": 1, "preview": 1, "read": 1}
AHEAD = {"process": "backup", "when": "tomorrow 9:00"}
"""A plan that is due is previewed anew each second: nothing to count by."""


async def test_a_change_of_the_words_is_validated_and_previewed_once(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(AHEAD)
        counts = Counts(form, monkeypatch)
        for words in ("weekdays at 18:30", "tomorrow 9:00", "last friday of the month at 6pm"):
            form.put({"when": words})
            await form.settle()
            assert counts.take() == ONCE
            assert form.fires != []


async def test_a_change_of_a_field_that_drops_the_words_is_validated_once(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "when": "weekdays at 18:30"})
        counts = Counts(form, monkeypatch)
        form.put({"daily_option": DailyOption.WEEKENDS})
        await form.settle()
        assert form.field("when").value == ""
        assert form.text_of("#preview-sentence") == "Weekends at 18:30"
        assert counts.take() == ONCE


async def test_words_that_are_not_understood_are_validated_once(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(AHEAD)
        counts = Counts(form, monkeypatch)
        form.put({"when": "wekdays"})
        await form.settle()
        assert list(form.problems) == ["when"]
        assert counts.take() == ONCE

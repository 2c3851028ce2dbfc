"""While one types, the panel says what will happen, and each problem stands at its field."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from textual.widgets import Input

from tests.services.drafts import a_process, a_request, every, process_draft
from tests.services.test_calendars import named, put_in_force
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import OpenRuntime
from tests.tui.quiet import quiet
from tests.tui.screens.forms.filling import opened_form, request_form
from tui_scheduler.models import Process
from tui_scheduler.permissions import current_user
from tui_scheduler.schedules import Frequency, MonthlyOption, Timing
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.tui.widgets.plan_preview import PlanPreview

MADRID = "Europe/Madrid"
_FOR_EVER = 3600.0  # seconds

pytestmark = pytest.mark.usefixtures("_no_pause")


async def test_a_new_request_says_calmly_what_it_lacks(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form) as form:
        assert form.text_of("#preview-sentence") == "Immediately, once"
        missing = "… Process is missing: choose the process or the group to run"
        assert form.text_of("#preview-notes") == missing
        assert form.problems == {}


async def test_the_panel_follows_what_is_typed(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE, "start": "18:30"})
        assert form.text_of("#preview-sentence") == "Every day at 18:30"
        assert form.text_of("#preview-heading") == "The next 10 runs in UTC"
        assert form.fires[:2] == ["Mon  2 Mar 18:30  in 6h30m", "Tue  3 Mar 18:30  in 1d06h"]
        await form.fill({"frequency": Frequency.WEEKLY, "days": {3}})
        assert form.text_of("#preview-sentence") == "Every Thursday at 18:30"
        assert form.fires[0].startswith("Thu  5 Mar 18:30")


async def test_a_change_between_validation_and_preview_is_shown_next(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE, "start": "18:30"})
        problems = await form.form.validate()
        with monkeypatch.context() as waiting:
            waiting.setattr("tui_scheduler.tui.screens.forms.form._PAUSE", _FOR_EVER)
            form.put({"frequency": Frequency.WEEKLY})  # without a day there is no fire to foresee
            await quiet(form.pilot.app)
        await form.form.preview(problems)
        assert form.text_of("#preview-sentence") == "Every day at 18:30"
        form.put({"days": frozenset({3})})
        await form.settle()
        assert form.text_of("#preview-sentence") == "Every Thursday at 18:30"


async def test_countdowns_go_on(a_runtime: OpenRuntime, clock: FakeClock) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.LATER, "start": "12:05"})
        assert form.fires == ["Mon  2 Mar 12:05  in 5m00s"]
        clock.advance(seconds=50)
        form.form.query_one(PlanPreview).count_down()
        assert form.fires == ["Mon  2 Mar 12:05  in 4m10s"]


async def test_when_the_first_fire_has_come_the_next_ones_are_told(
    a_runtime: OpenRuntime, clock: FakeClock
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.SCHEDULE, "start": "12:01"})
        clock.advance(minutes=2)
        form.form.query_one(PlanPreview).tick()
        await form.settle()
        assert form.fires[0] == "Tue  3 Mar 12:01  in 23h59m"


async def test_a_time_that_does_not_exist_is_warned_about(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(
            {
                "process": "backup",
                "timing": Timing.SCHEDULE,
                "start": "2026-03-27 02:30",
                "timezone": "madrid",
            }
        )
        assert form.text_of("#preview-warnings").splitlines() == [
            "▲ 02:30 does not exist on 29 March: runs at 03:00",
            "▲ 02:30 happens twice on 25 October: runs the first time",
        ]
        assert form.fires[2].endswith("Sun 01:00")
        assert form.text_of("#preview-heading") == (
            "The next 10 runs in Europe/Madrid, at the right in UTC"
        )


async def test_a_spread_says_that_it_is_drawn_when_it_is_saved(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(
            {"process": "backup", "timing": Timing.SCHEDULE, "start": "18:30", "spread": "30m"}
        )
        assert form.text_of("#preview-sentence") == "Every day at 18:30 spread over 30 minutes"
        assert form.text_of("#preview-warnings") == (
            "▲ each run comes up to 30 min later than is shown, always by as much: that is drawn"
            " when the request is saved"
        )
        await form.fill({"spread": "2d"})
        assert form.problems == {"spread": "runs come 1d apart at times; use at most 1d"}


def _spread(services: Services) -> None:
    """A request that fires seven minutes late, and is paused until the day after."""
    drawing = services_on(replace(services.context, draw=lambda _spread: timedelta(minutes=7)))
    start = (NOON + timedelta(hours=1)).replace(tzinfo=None)
    plan = every(Frequency.DAILY, start=start, spread=timedelta(minutes=30))
    services.requests.schedule(a_request(drawing, plan).id)


def _paused(services: Services) -> None:
    _spread(services)
    services.requests.pause(1, NOON + timedelta(days=1))


async def test_what_was_drawn_is_kept_by_whoever_edits_it(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, partial(request_form, request_id=1), _spread) as form:
        assert form.fires[0] == "Mon  2 Mar 13:07  in 1h07m"
        await form.fill({"start": "14:00"})
        assert form.fires[0] == "Mon  2 Mar 14:07  in 2h07m"
        assert form.text_of("#preview-warnings") == ""


async def test_a_pause_is_told_and_stays(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, partial(request_form, request_id=1), _paused) as form:
        note = f"… It is paused by {current_user()} until Tue 3 Mar 12:00, also once it is saved."
        assert form.text_of("#preview-notes") == note
        assert form.fires[0].startswith("Tue  3 Mar 13:07")
        await form.fill({"start": "14:00"})
        assert form.fires[0].startswith("Tue  3 Mar 14:07")
        assert "it runs next: Tue 3 Mar 14:07" in form.text_of("#preview-notes")


async def test_a_past_start_is_warned_about(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.LATER, "start": "2026-03-01"})
        assert form.text_of("#preview-warnings") == (
            "▲ start is in the past: runs as soon as it is scheduled"
        )


async def test_runs_that_will_overlap_are_warned_about(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        monkeypatch.setattr(
            type(form.form.runtime.services.processes),
            "usual_duration",
            lambda _processes, name: timedelta(minutes=12) if name == "backup" else None,
        )
        await form.fill(
            {
                "process": "backup",
                "timing": Timing.SCHEDULE,
                "frequency": Frequency.MINUTELY,
                "interval": "10",
            }
        )
        assert form.text_of("#preview-warnings") == (
            "▲ usually runs 12 min, interval is 10 min: 1 of 2 runs will be skipped"
        )


@pytest.mark.parametrize(("name", "is_warned"), [("local", False), ("nightly", True)])
async def test_runs_that_are_too_frequent_for_a_cluster_are_warned_about(
    a_runtime: OpenRuntime, name: str, is_warned: bool
) -> None:
    def a_member_on_a_cluster(services: Services) -> None:
        a_process(services)
        services.processes.create(process_draft("local"))
        services.groups.create(GroupDraft(name="nightly", members=("local", "backup")))
        Process.update(runs_on="hpc").where(Process.name == "backup").execute()

    make = partial(request_form, process=name)
    async with opened_form(a_runtime, make, a_member_on_a_cluster) as form:
        await form.fill(
            {"timing": Timing.SCHEDULE, "frequency": Frequency.SECONDLY, "interval": "10"}
        )
        warnings = form.text_of("#preview-warnings")
        warning = "▲ Slurm takes seconds to start a run: an interval of 10 s is short,"
        assert warnings.startswith(warning) is is_warned


HOURLY = {"timing": Timing.SCHEDULE, "frequency": Frequency.HOURLY}
MONTHLY = {"timing": Timing.SCHEDULE, "frequency": Frequency.MONTHLY}
CRON = {"timing": Timing.SCHEDULE, "frequency": Frequency.CRON}
WRONG: list[tuple[dict[str, object], str, str]] = [
    ({**HOURLY, "interval": "0"}, "interval", "0 is out of range"),
    ({**HOURLY, "interval": "x"}, "interval", "'x' is not a whole number: write digits only"),
    ({**HOURLY, "repetitions": "0"}, "repetitions", "0 is out of range"),
    ({"timing": Timing.LATER, "start": "tomorrow"}, "start", "'tomorrow' is not a date and time"),
    ({**HOURLY, "start": "2026-05-02", "finish": "2026-05-01"}, "finish", "before the start"),
    (
        {**MONTHLY, "monthly_option": MonthlyOption.SPECIFIC, "day": "32"},
        "day",
        "no month has a day 32",
    ),
    ({**CRON, "cron": "61 * * * *"}, "cron", "61"),
    ({**CRON, "cron": "0 0 30 2 *"}, "cron", "never"),
    ({"parameters": "no equals sign"}, "parameters", "'no equals sign' is not NAME=VALUE"),
    ({"parameters": "1A=x"}, "parameters", "'1A' cannot be a variable's name"),
]


async def test_each_problem_stands_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        good = {**form.form.form.values(), "process": "backup"}
        for entry, field, text in WRONG:
            form.put({**good, **entry})
            await form.settle()
            assert list(form.problems) == [field]
            assert text in form.problems[field]


async def test_a_problem_goes_as_soon_as_it_is_mended(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.LATER, "start": "soon"})
        assert form.text_of("#preview-notes") == (
            "… The next runs appear here once Start is right."
        )
        assert form.fires == []
        hourly = {"timing": Timing.SCHEDULE, "frequency": Frequency.HOURLY}
        await form.fill({**hourly, "interval": "0", "spread": "x"})
        assert form.text_of("#preview-notes").endswith("once Every, Start and Spread are right.")
        form.put({"interval": "1", "spread": ""})
        await form.fill({"timing": Timing.LATER, "start": "18:30"})
        assert form.problems == {}
        assert len(form.fires) == 1


async def test_saving_with_problems_goes_to_the_first_and_loses_nothing(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(
            {
                "description": "kept",
                "timing": Timing.SCHEDULE,
                "frequency": Frequency.WEEKLY,
                "start": "soon",
            }
        )
        await form.press("ctrl+s")
        assert form.is_open
        assert list(form.problems) == ["process", "days", "start"]
        assert form.form.focused is form.field("process").control
        assert form.field("description").value == "kept"
        await form.press("tab", "f2")
        assert form.form.focused is form.field("process").control


async def test_the_first_problem_is_scrolled_into_sight(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process, size=(80, 24)) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE, "parameters": "wrong"})
        await form.go_to("process")
        await form.press("ctrl+s")
        field = form.field("parameters")
        assert form.form.form.region.contains_region(field.region)


async def test_what_another_one_did_meanwhile_is_a_problem_too(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup"})
        runtime = form.form.runtime
        await runtime.write(runtime.services.processes.remove_step, 1)
        await form.press("ctrl+s")
        assert form.problems == {"process": "there is no process 'backup': add it first"}


def in_a_strange_zone(services: Services) -> None:
    """A request whose zone this machine does not know any more."""
    from tui_scheduler.models import Request

    a_request(services, every(Frequency.DAILY))
    Request.update(timezone="Mars/Crater").execute()


async def test_a_zone_that_is_gone_is_shown_with_the_remedy(a_runtime: OpenRuntime) -> None:
    async with opened_form(
        a_runtime, lambda runtime: request_form(runtime, 1), in_a_strange_zone
    ) as form:
        assert "Mars/Crater" in form.problems["timezone"]
        await form.fill({"timing": Timing.IMMEDIATE})
        assert "Mars/Crater" in form.text_of("#form-status")


async def test_on_a_small_terminal_everything_can_be_reached(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process, size=(80, 24)) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE})
        names = [field.name or "" for field in form.form.form if field.display]
        for name in names:
            await form.go_to(name)
            await form.settle()
            control = form.field(name).control
            assert form.form.form.region.contains_region(control.region)
        screen = form.form.region
        for part in ("#form-schedule", "#form-save", "#form-cancel", "PlanPreview"):
            assert screen.contains_region(form.form.query_one(part).region)


async def test_up_and_down_and_enter_go_from_field_to_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.press("down")
        assert form.form.focused is form.field("description").control
        await form.press("enter")
        assert form.form.focused is form.field("when").control
        await form.press("enter")
        assert form.form.focused is form.field("timing").control
        await form.press("up")
        assert isinstance(form.form.focused, Input)


async def test_what_is_changed_while_the_database_answers_is_previewed_after_its_own_answer(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE})
        read = form.form.runtime.read

        async def read_slowly(*args: Any) -> Any:
            answer = await read(*args)
            form.put({"frequency": Frequency.WEEKLY})  # no day is chosen, which is a problem
            return answer

        monkeypatch.setattr(form.form.runtime, "read", read_slowly)
        form.put({"description": "x"})
        await form.settle()
        assert form.fires == []
        assert form.text_of("#preview-notes").startswith("… On: ")


async def test_where_there_is_little_room_the_first_fires_come_before_warnings_of_a_line_each(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process, size=(80, 24)) as form:
        await form.fill({"process": "backup", "when": "every day at 2:30 in Europe/Madrid"})
        await form.go_to("process")
        preview = form.form.query_one(PlanPreview)
        parts = ("#preview-sentence", "Fires", "#preview-warnings")
        sentence, fires, warnings = (preview.query_one(part).region for part in parts)
        assert sentence.y < fires.y < warnings.y
        assert fires.height >= 2
        assert warnings.height == len(form.text_of("#preview-warnings").splitlines()) == 2
        assert preview.region.contains_region(warnings)


async def test_the_days_that_are_left_out_are_said_with_their_reason(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        put_in_force(named("company", ("2026-03-03", "2026-03-05..2026-03-06")))
        await form.fill({"process": "backup", "when": "daily at 18:30"})
        assert form.text_of("#preview-left-out") == ""
        await form.fill({"except_": "company, 2026-03-10"})
        assert form.problems == {}
        assert form.field("when").value == ""
        assert form.text_of("#preview-sentence") == "Every day at 18:30, except company, 2026-03-10"
        assert form.text_of("#preview-left-out").splitlines() == [
            "⊘ 3 Mar left out: company",
            "⊘ 5 Mar to 6 Mar left out: company",
            "⊘ 10 Mar left out: 2026-03-10",
        ]
        assert [line[:6] for line in form.fires[:3]] == ["Mon  2", "Wed  4", "Sat  7"]


async def test_words_fill_in_what_is_left_out(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "when": "weekdays at 9 except 2026-03-04 UTC"})
        assert form.field("except_").value == "2026-03-04"
        assert form.text_of("#preview-left-out") == "⊘ 4 Mar left out: 2026-03-04"
        await form.press("ctrl+s")
        runtime = form.form.runtime
        stored = await runtime.read(runtime.services.requests.get, 1)
        assert str(stored.plan.except_) == "2026-03-04"


async def test_a_calendar_that_is_not_there_is_told_at_the_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup", "timing": Timing.SCHEDULE, "except_": "company"})
        assert "there is no [calendar.company]" in form.problems["except_"]
        await form.fill({"except_": "sometimes soon"})
        assert "is no date and no calendar" in form.problems["except_"]

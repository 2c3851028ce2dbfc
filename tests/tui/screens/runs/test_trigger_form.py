"""One run can be given other parameters than its request gives."""

from collections.abc import Mapping
from typing import cast

import pytest
from textual.widgets import Input

from tests.services.drafts import a_process, a_request, end
from tests.services.groups import a_group, triggered
from tests.services.parameters.samples import declared
from tests.support.clock import FakeClock
from tests.tui.conftest import OpenRuntime, Show, Ui
from tests.tui.on_screen import press, rows, screenful, toasts, until
from tests.tui.screens.forms.filling import FormPilot, opened_form
from tests.tui.screens.runs.screens import lines, monitor
from tests.tui.textual_inside import notifications
from tui_scheduler.models import Process, Run
from tui_scheduler.runtime import Runtime
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.runs.trigger_form import TriggerForm

GIVEN = {"DAY": "today", "PIN": "hunter2", "EXTRA": "1"}


pytestmark = pytest.mark.usefixtures("_no_pause")


def report(services: Services) -> None:
    """A request of a process that declares parameters, which gives some."""
    parameters = declared("DAY!: date", "MODE = fast {fast|full}", "PIN: secret")
    a_process(services, "report", parameters=parameters)
    a_request(services, process="report", parameters=GIVEN)


def of_request(runtime: Runtime) -> TriggerForm:
    return TriggerForm(runtime, 1)


async def created(form: FormPilot) -> RunView:
    """The run that was asked for."""
    assert form.saved is not None
    runtime = form.form.runtime
    return await runtime.read(runtime.services.runs.get, form.saved.id)


async def newest(ui: Ui) -> RunView:
    return (await ui.runtime.read(ui.runtime.services.runs.latest, RunFilter(), 1))[0]


async def asked(ui: Ui) -> TriggerForm:
    """Wait for the form, and until it holds what it begins with."""
    await until(ui, lambda: isinstance(ui.app.screen, TriggerForm))
    form = cast("TriggerForm", ui.app.screen)
    await until(ui, lambda: form._first_values is not None and ui.app.focused)
    return form


def held(form: TriggerForm) -> Mapping[str, str]:
    return form.form.values()


async def test_it_begins_with_what_the_request_gives(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, of_request, report) as form:
        assert form.form.form.values() == {
            "parameters.DAY": "today",
            "parameters.MODE": None,
            "parameters.PIN": "hunter2",
            "parameters": "EXTRA=1",
        }
        assert form.problems == {}
        await form.press("escape")
        assert form.saved is None


async def test_the_run_is_given_what_it_holds_and_the_request_stays(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, of_request, report) as form:
        await form.fill({"parameters.DAY": "2026-03-29", "parameters.MODE": "full"})
        await form.fill({"parameters": "OTHER=2"})
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
        assert (await created(form)).parameters == {
            "DAY": "2026-03-29",
            "MODE": "full",
            "PIN": "hunter2",
            "OTHER": "2",
        }
        runtime = form.form.runtime
        assert (await runtime.read(runtime.services.requests.get, 1)).parameters == GIVEN


async def test_what_is_cleared_is_not_given(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, of_request, report) as form:
        await form.go_to("parameters.PIN")
        await form.press("end", "ctrl+u", "ctrl+s")
        given = (await created(form)).parameters
        assert given == {"DAY": "2026-03-02", "MODE": "fast", "EXTRA": "1"}


async def test_what_does_not_fit_is_refused_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, of_request, report) as form:
        await form.fill({"parameters.DAY": "soon", "parameters": "A B=1"})
        await form.press("ctrl+s")
        assert form.is_open
        assert form.problems["parameters.DAY"].startswith("must be a date such as")
        assert "cannot be a variable's name" in form.problems["parameters"]
        await form.fill({"parameters": "nonsense"})
        assert "is not NAME=VALUE" in form.problems["parameters"]


async def test_secrets_are_hidden_until_one_asks(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, of_request, report, size=(80, 24)) as form:
        control = cast("Input", form.field("parameters.PIN").control)
        assert control.password
        await form.press("f3")
        assert not control.password


async def test_what_cannot_be_run_is_explained(a_runtime: OpenRuntime) -> None:
    def inactive(services: Services) -> None:
        report(services)
        Process.update(active=False).execute()

    async with opened_form(a_runtime, of_request, inactive) as form:
        await form.press("ctrl+s")
        assert form.is_open
        [toast] = notifications(form.pilot.app)
        assert "is not active" in toast.message


async def test_the_whole_of_it_is_seen_on_a_small_terminal(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, of_request, report, size=(80, 24)) as form:
        for field in form.form.form:
            assert form.form.region.contains_region(field.control.region)
        assert form.form.query_one("#form").region.height < 24


class TestOnARequest:
    async def test_shift_t_asks_and_t_does_not(self, show: Show) -> None:
        async with show(report) as ui:
            await press(ui, "1")
            await until(ui, lambda: rows(ui))
            await press(ui, "t")
            await until(ui, lambda: toasts(ui))
            await press(ui, "T")
            await asked(ui)
            assert "Run report now, once, with" in screenful(ui)
            await press(ui, "ctrl+a", "ctrl+k", *"2026-03-29", "ctrl+s")
            await until(ui, lambda: len(toasts(ui)) == 2)
            assert (await newest(ui)).parameters["DAY"] == "2026-03-29"

    async def test_a_request_that_is_gone_is_told(self, show: Show) -> None:
        async with show(report) as ui:
            await press(ui, "1")
            await until(ui, lambda: rows(ui))
            screen = ui.app.screen
            ui.app.push_screen(TriggerForm(ui.runtime, 99))
            await until(ui, lambda: toasts(ui))
            assert toasts(ui) == ["There is no request 99 (any more)."]
            assert ui.app.screen is screen


class TestOnARun:
    async def test_it_begins_with_what_that_run_was_given(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            report(services)
            services.runs.trigger(1, {"DAY": "2026-03-29", "MODE": "full"})
            Run.update(end_time=0, status="success").execute()

        async with show(prepare) as ui:
            screen = await monitor(ui, 1)
            await press(ui, "T")
            form = await asked(ui)
            assert held(form)["parameters.DAY"] == "2026-03-29"
            assert held(form)["parameters.MODE"] == "full"
            await press(ui, "ctrl+s")
            await until(ui, lambda: len(lines(screen)) == 2)
            assert (await newest(ui)).parameters["MODE"] == "full"

    async def test_for_a_member_it_is_what_the_group_was_given(
        self, show: Show, clock: FakeClock
    ) -> None:
        def prepare(services: Services) -> None:
            a_process(services, "first", parameters=declared("MODE = own"))
            a_group(services, "first")
            group = triggered(services)
            services.runs.trigger(group.request_id)
            [claim] = services.dispatch.claim()
            end(services, claim, clock)

        async with show(prepare) as ui:
            await monitor(ui)
            await press(ui, "G", "right", "j")
            await press(ui, "T")
            form = await asked(ui)
            assert held(form) == {"parameters.MODE": "", "parameters": ""}


async def test_what_the_request_runs_by_now_is_not_run_in_the_place_of_what_is_named(
    a_runtime: OpenRuntime,
) -> None:
    def restore(services: Services) -> None:
        a_process(services, "restore")
        plan = services.requests.get(1).plan
        services.requests.update(1, RequestDraft(process="restore", plan=plan))

    async with opened_form(a_runtime, of_request, report) as form:
        await form.form.runtime.write(restore, form.form.runtime.services)
        await form.press("ctrl+s")
        assert form.is_open
        (notice,) = notifications(form.pilot.app)
        assert notice.message == (
            "Request 1 runs 'restore' by now, not 'report'. Look at it again."
        )

"""Each parameter that a process declares has a field of its own in the form of a request."""

from collections.abc import Callable, Mapping
from typing import cast

import pytest
from textual.widgets import Input

from tests.services.drafts import IMMEDIATE, a_process, a_request, process_draft
from tests.services.groups import a_group
from tests.services.parameters.samples import declared
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import FormPilot, opened_form, request_form
from tests.tui.textual_inside import drawn_value
from tui_scheduler.runtime import Runtime
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.forms.parameter_fields import parameter_field
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.widgets.form.choice import OneOf

REPORT = declared(
    "DAY!: date # of the sales",
    "MODE: text = fast {fast|full} # how",
    "LEVEL: number = 3",
    "PIN: secret # of the shop",
)


pytestmark = pytest.mark.usefixtures("_no_pause")


def processes(services: Services) -> None:
    """``report`` and ``other`` declare parameters, of which two have the same name."""
    a_process(services, "report", parameters=REPORT)
    a_process(services, "other", parameters=declared("DAY: date", "LEVEL: text {low|high}", "NEW"))
    a_process(services, "plain")


def requested(given: Mapping[str, str]) -> Callable[[Services], None]:
    """A request of ``report`` that gives this."""

    def prepare(services: Services) -> None:
        processes(services)
        a_request(services, process="report", parameters=given)

    return prepare


def editing(runtime: Runtime) -> RequestForm:
    return request_form(runtime, 1)


def own(form: FormPilot) -> list[str]:
    """The parameters that have a field of their own, from top to bottom."""
    names = [field.name or "" for field in form.form.form if field.display]
    return [name.partition(".")[2] for name in names if "." in name]


async def given(form: FormPilot, request_id: int = 1) -> Mapping[str, str]:
    """What the request gives, as it was saved."""
    runtime = form.form.runtime
    return (await runtime.read(runtime.services.requests.get, request_id)).parameters


def options(form: FormPilot, name: str) -> list[str]:
    control = cast("OneOf[str | None]", form.field(f"parameters.{name}").control)
    return list(control._labels)


async def clear(form: FormPilot, name: str) -> None:
    """Empty a line by keys."""
    await form.go_to(name)
    await form.press("end", "ctrl+u")


class TestShowing:
    async def test_they_come_with_the_process_and_stand_in_their_order(
        self, a_runtime: OpenRuntime
    ) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            assert own(form) == []
            await form.fill({"process": "report"})
            assert own(form) == ["DAY", "MODE", "LEVEL", "PIN"]
            await form.fill({"process": "plain"})
            assert own(form) == []

    async def test_with_what_is_said_of_them(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report"})
            day, level = (form.field(f"parameters.{name}") for name in ("DAY", "LEVEL"))
            assert (day.label, day.note) == (
                "DAY",
                "of the sales · 2026-03-29, or yesterday, today, tomorrow",
            )
            hint = cast("Input", day.control).placeholder
            assert hint == "required: 2026-03-29, or yesterday, today, tomorrow"
            assert cast("Input", level.control).placeholder == "default: 3"
            assert options(form, "MODE") == ["default: fast", "fast", "full"]

    async def test_a_group_has_those_of_its_members(self, a_runtime: OpenRuntime) -> None:
        def prepare(services: Services) -> None:
            processes(services)
            a_group(services, "plain", "other", "report")

        async with opened_form(a_runtime, request_form, prepare) as form:
            await form.fill({"process": "nightly"})
            assert own(form) == ["DAY", "LEVEL", "NEW", "MODE", "PIN"]

    async def test_a_process_that_is_given_at_once_has_them_too(
        self, a_runtime: OpenRuntime
    ) -> None:
        def make(runtime: Runtime) -> RequestForm:
            return request_form(runtime, process="report")

        async with opened_form(a_runtime, make, processes) as form:
            assert own(form) == ["DAY", "MODE", "LEVEL", "PIN"]
            assert form.problems == {}
            await form.press("escape")
            assert not form.is_open

    async def test_a_small_terminal_reaches_all_of_them(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes, size=(80, 24)) as form:
            await form.fill({"process": "report", "parameters.PIN": "1", "parameters": "A=1"})
            for name in own(form):
                await form.go_to(f"parameters.{name}")
                await form.settle()
                region = form.field(f"parameters.{name}").control.region
                assert form.form.form.region.contains_region(region)

    @pytest.mark.parametrize(
        ("parameter", "label", "note"),
        [
            (Parameter(name="A" * 13), "A" * 13, ""),
            (Parameter(name="A" * 14), "A" * 12 + "…", "A" * 14),
            (Parameter(name="A" * 14, description="x"), "A" * 12 + "…", "A" * 14 + ": x"),
        ],
    )
    def test_a_long_name_is_told_in_full_below(
        self, parameter: Parameter, label: str, note: str
    ) -> None:
        field = parameter_field(parameter, None)
        assert (field.label, field.note) == (label, note)

    async def test_hostile_words_are_only_words(self, a_runtime: OpenRuntime) -> None:
        evil = "[bold]\x1b[31m[/"

        def prepare(services: Services) -> None:
            parameters = (
                Parameter(name="A", default=evil, description=evil),
                Parameter(name="B", default=evil, choices=(evil, "", "x" * 300)),
            )
            a_process(services, "evil", parameters=parameters)

        async with opened_form(a_runtime, request_form, prepare) as form:
            await form.fill({"process": "evil", "parameters.B": evil})
            await form.press("ctrl+s")
            assert await given(form) == {"B": evil}


class TestFilling:
    async def test_what_is_filled_in_is_given_and_nothing_else(
        self, a_runtime: OpenRuntime
    ) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill(
                {
                    "process": "report",
                    "parameters.DAY": " yesterday ",
                    "parameters.MODE": "full",
                    "parameters.PIN": " 12 34 ",
                    "parameters": "EXTRA=1",
                }
            )
            await form.press("ctrl+s")
            assert form.saved == Saved(1)
            assert await given(form) == {
                "DAY": "yesterday",
                "MODE": "full",
                "PIN": " 12 34 ",
                "EXTRA": "1",
            }

    async def test_a_problem_stands_at_its_field_with_the_remedy(
        self, a_runtime: OpenRuntime
    ) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report", "parameters.LEVEL": "much"})
            assert form.problems == {"parameters.LEVEL": "must be a number such as 7 or 2.5"}
            await form.press("ctrl+s")
            assert form.is_open
            assert form.problems["parameters.DAY"] == "is missing: the process requires it"
            assert form.form.focused is form.field("parameters.DAY").control
            await form.fill({"parameters.DAY": "soon"})
            assert form.problems["parameters.DAY"].startswith("must be a date such as 2026-03-29")
            await form.fill({"parameters.DAY": "2026-03-29"})
            await clear(form, "parameters.LEVEL")
            assert form.problems == {}

    async def test_a_line_may_give_what_its_field_does_not(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report", "parameters": "DAY=today\nMODE=\nLEVEL=x"})
            assert form.problems == {"parameters": "MODE must be one of fast, full"}
            await form.fill({"parameters": "DAY=today"})
            assert form.problems == {}
            await form.fill({"parameters.DAY": "tomorrow"})
            assert form.problems == {
                "parameters": "DAY has a field of its own: remove the line, or clear the field"
            }

    async def test_lines_that_cannot_be_read_are_told(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report", "parameters": "EXTRA"})
            assert "is not NAME=VALUE" in form.problems["parameters"]


class TestSecrets:
    async def test_they_are_hidden_until_one_asks(self, a_runtime: OpenRuntime) -> None:
        prepare = requested({"DAY": "today", "PIN": "hunter2"})
        async with opened_form(a_runtime, editing, prepare) as form:
            control = cast("Input", form.field("parameters.PIN").control)
            assert "hunter2" not in drawn_value(control)
            await form.press("f3")
            assert "hunter2" in drawn_value(control)
            await form.press("f3")
            assert "hunter2" not in drawn_value(control)
            await form.press("escape")
            assert not form.is_open

    async def test_they_are_kept_as_they_are(self, a_runtime: OpenRuntime) -> None:
        values = {"DAY": "today", "PIN": "hunter2\n two lines "}
        async with opened_form(a_runtime, editing, requested(values)) as form:
            await form.fill({"description": "nightly"})
            await form.press("ctrl+s")
            assert await given(form) == values

    async def test_an_address_with_a_password_is_dots(self, a_runtime: OpenRuntime) -> None:
        [parameter] = declared("URL = ftp://ada:hunter2@db")
        async with opened_form(a_runtime, editing, requested({"DAY": "today"})):
            for value, is_hidden in (("ftp://ada:hunter2@db", True), ("ftp://db", False)):
                control = cast("Input", parameter_field(parameter, value).control)
                assert control.password is is_hidden
                assert control.placeholder == f"default: ftp://ada:{MASK}@db"

    def test_a_default_that_is_secret_is_not_told(self) -> None:
        field = parameter_field(declared("PIN: secret = hunter2")[0], None)
        assert cast("Input", field.control).placeholder == f"default: {MASK}"


class TestEditing:
    async def test_the_fields_hold_what_is_given(self, a_runtime: OpenRuntime) -> None:
        values = {"EXTRA": "1", "DAY": "today", "MODE": "full", "LEVEL": "7"}
        async with opened_form(a_runtime, editing, requested(values)) as form:
            held = {name: form.field(f"parameters.{name}").value for name in own(form)}
            assert held == {"DAY": "today", "MODE": "full", "LEVEL": "7", "PIN": ""}
            assert form.field("parameters").value == "EXTRA=1"
            await form.press("escape")
            assert not form.is_open  # nothing was changed, so nothing is asked

    async def test_what_is_given_empty_stays_so(self, a_runtime: OpenRuntime) -> None:
        def prepare(services: Services) -> None:
            a_process(services, "report", parameters=declared("TARGET = /srv"))
            a_request(services, process="report", parameters={"TARGET": ""})

        async with opened_form(a_runtime, editing, prepare) as form:
            assert form.field("parameters").value == "TARGET="
            await form.fill({"description": "d"})
            await form.press("ctrl+s")
            assert await given(form) == {"TARGET": ""}

    async def test_what_does_not_fit_any_more_is_shown_and_refused(
        self, a_runtime: OpenRuntime
    ) -> None:
        def prepare(services: Services) -> None:
            requested({"DAY": "today", "MODE": "full", "LEVEL": "7"})(services)
            process = services.processes.named("report")
            changed = process_draft("report", parameters=declared("MODE {a|b}", "LEVEL: date"))
            services.processes.update(process.id, changed)

        async with opened_form(a_runtime, editing, prepare) as form:
            assert options(form, "MODE") == ["none", "a", "b", "full (no choice)"]
            assert form.problems["parameters.MODE"] == "must be one of a, b"
            assert form.problems["parameters.LEVEL"].startswith("must be a date")
            assert form.field("parameters").value == "DAY=today"
            await form.fill({"parameters.MODE": "b"})
            await clear(form, "parameters.LEVEL")
            await form.press("ctrl+s")
            assert await given(form) == {"MODE": "b", "DAY": "today"}


class TestChoosingAnother:
    async def test_what_fits_there_too_stays(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report", "parameters.DAY": "today"})
            await form.fill({"parameters.LEVEL": "7", "parameters": "EXTRA=1"})
            await form.fill({"process": "other"})
            assert own(form) == ["DAY", "LEVEL", "NEW"]
            assert form.field("parameters.DAY").value == "today"
            assert form.field("parameters.LEVEL").value is None
            assert form.field("parameters").value == "EXTRA=1"
            assert form.problems == {}

    async def test_what_does_not_fit_is_not_given_and_comes_back_with_the_first(
        self, a_runtime: OpenRuntime
    ) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"process": "report", "parameters.DAY": "today"})
            await form.fill({"parameters.LEVEL": "7", "parameters.PIN": "1", "process": "plain"})
            draft = cast("RequestForm", form.form).draft()
            assert draft == RequestDraft(process="plain", plan=IMMEDIATE)
            await form.fill({"process": "report"})
            assert form.field("parameters.LEVEL").value == "7"
            assert form.field("parameters.PIN").value == "1"

    async def test_what_was_cleared_does_not_come_back(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill(
                {"process": "report", "parameters.LEVEL": "7", "parameters.DAY": "today"}
            )
            await form.fill({"process": "other"})
            await clear(form, "parameters.DAY")
            await form.fill({"process": "report"})
            assert form.field("parameters.DAY").value == ""
            assert form.field("parameters.LEVEL").value == "7"

    async def test_a_line_moves_to_its_field_and_back(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, request_form, processes) as form:
            await form.fill({"parameters": "EXTRA=1\nDAY=today\nnonsense"})
            await form.fill({"process": "report"})
            assert form.field("parameters.DAY").value == "today"
            assert form.field("parameters").value == "EXTRA=1\nnonsense"
            await form.fill({"process": "plain"})
            assert form.field("parameters").value == "EXTRA=1\nnonsense\nDAY=today"

    async def test_leaving_asks_if_anything_was_filled_in(self, a_runtime: OpenRuntime) -> None:
        prepare = requested({"DAY": "today"})
        async with opened_form(a_runtime, editing, prepare) as form:
            await form.fill({"parameters.LEVEL": "7"})
            await form.press("escape")
            assert isinstance(form.top, ConfirmDialog)

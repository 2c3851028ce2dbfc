"""Values that look secret are on no screen until one asks, and are stored as they are."""

from collections.abc import Callable

import pytest

from tests.services.drafts import IMMEDIATE, a_process, a_request, process_draft
from tests.tui.conftest import OpenRuntime, Show
from tests.tui.on_screen import details, press, rows, screenful, until
from tests.tui.screens.forms.filling import FormPilot, opened_form, request_form
from tests.tui.textual_inside import strips
from tui_scheduler.runtime import Runtime
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.processes import form_values as process_values
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.requests import form_values as request_values

PASSWORD = "hunter2"
VARIABLES = {"HOST": "db", "DB_PASSWORD": PASSWORD, "URL": f"ftp://ada:{PASSWORD}@db"}
FORMS: list[tuple[Callable[..., Form], str]] = [
    (ProcessForm, "environment"),
    (request_form, "parameters"),
]


pytestmark = pytest.mark.usefixtures("_no_pause")


def with_secrets(services: Services) -> None:
    a_process(services, "backup", environment=VARIABLES)
    a_request(services, parameters=VARIABLES)


def editing(kind: Callable[..., Form], *, clone: bool = False) -> Callable[[Runtime], Form]:
    return lambda runtime: kind(runtime, 1, clone)


def ui(form: FormPilot) -> str:
    """All that is on the screen."""
    return "\n".join(strip.text for strip in strips(form.pilot.app.screen))


async def stored(form: FormPilot, field: str, item: int = 1) -> dict[str, str]:
    runtime = form.form.runtime
    services = runtime.services
    one = services.processes if field == "environment" else services.requests
    view = await runtime.read(one.get, item)
    return dict(getattr(view, field))


async def test_the_details_hide_them(show: Show) -> None:
    async with show(with_secrets) as seen:
        for key in ("1", "3"):
            await press(seen, key)
            await until(seen, lambda: rows(seen) and "HOST=db" in details(seen))
            assert f"DB_PASSWORD={MASK}" in details(seen)
            assert PASSWORD not in screenful(seen)


@pytest.mark.parametrize(("kind", "field"), FORMS)
async def test_a_form_hides_them_and_keeps_them(
    a_runtime: OpenRuntime, kind: Callable[..., Form], field: str
) -> None:
    async with opened_form(a_runtime, editing(kind), with_secrets, size=(100, 40)) as form:
        assert f"DB_PASSWORD={MASK}" in ui(form)
        assert PASSWORD not in ui(form)
        await form.fill({"description": "nightly"})
        await form.press("ctrl+s")
        assert form.saved is not None
        assert await stored(form, field) == VARIABLES


@pytest.mark.parametrize(("kind", "field"), FORMS)
async def test_a_key_shows_and_hides_them_without_changing_anything(
    a_runtime: OpenRuntime, kind: Callable[..., Form], field: str
) -> None:
    async with opened_form(a_runtime, editing(kind), with_secrets, size=(100, 40)) as form:
        assert "Show secrets" in ui(form)
        await form.press("f3")
        assert f"DB_PASSWORD={PASSWORD}" in ui(form)
        assert "Hide secrets" in ui(form)
        await form.pilot.click("#form-secrets")
        await form.settle()
        assert PASSWORD not in ui(form)
        await form.press("f3", "escape")
        assert not form.is_open  # nothing was changed, so nothing is asked


@pytest.mark.parametrize(("kind", "field"), FORMS)
async def test_where_nothing_is_hidden_nothing_is_offered(
    a_runtime: OpenRuntime, kind: Callable[..., Form], field: str
) -> None:
    async with opened_form(a_runtime, kind, size=(80, 24)) as form:
        assert "secrets" not in ui(form)
        await form.press("f3")
        await form.fill({field: "A_TOKEN=1"})
        assert "Show secrets" in ui(form)
        assert "Cancel" in ui(form)
        await form.press("f3", "f3")
        assert f"A_TOKEN={MASK}" in ui(form)
        await form.press("escape")
        assert isinstance(form.top, ConfirmDialog)


async def test_the_cursor_stays_where_the_line_is(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, editing(ProcessForm), with_secrets, size=(100, 40)) as form:
        await form.go_to("environment")
        await form.press("down", "end", "f3", "f3", "backspace")
        _, line, _ = form.field("environment").value.split("\n")
        assert line == f"DB_PASSWORD={MASK[1:]}"
        assert "DB_PASSWORD holds dots that hide nothing" in form.problems["environment"]
        await form.press("•")
        assert f"\nDB_PASSWORD={PASSWORD}\n" in form.field("environment").value


async def test_a_name_that_is_mistyped_for_a_moment_loses_nothing(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, editing(ProcessForm), with_secrets, size=(100, 40)) as form:
        await form.go_to("environment")
        await form.press("down", "home", "X", "f3", "f3", "backspace", "delete", "D", "ctrl+s")
        assert await stored(form, "environment") == VARIABLES


def test_what_a_form_holds_gets_into_no_log() -> None:
    process = process_draft(environment=VARIABLES)
    request = RequestDraft(process="backup", plan=IMMEDIATE, parameters=VARIABLES)
    held = (process_values.values_of(process), request_values.values_of(request))
    assert PASSWORD not in repr(held)


async def test_a_filter_does_not_find_by_them(show: Show) -> None:
    async with show(with_secrets) as seen:
        for key in ("1", "3"):
            await press(seen, key)
            await until(seen, lambda: rows(seen) and "backup" in rows(seen)[0])
            await press(seen, "/", *PASSWORD)
            await until(seen, lambda: rows(seen) == [f"Nothing matches “{PASSWORD}”"])
            await press(seen, "escape")


async def test_what_is_typed_replaces_it(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, editing(request_form), with_secrets, size=(100, 40)) as form:
        await form.fill({"parameters": "DB_PASSWORD=swordfish\nHOST=db"})
        await form.press("f3", "f3")
        assert "swordfish" not in ui(form)
        await form.press("ctrl+s")
        assert await stored(form, "parameters") == {"DB_PASSWORD": "swordfish", "HOST": "db"}


async def test_a_line_may_be_added_beside_a_hidden_one(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, editing(request_form), with_secrets, size=(100, 40)) as form:
        await form.fill({"parameters": f"DB_PASSWORD={MASK}\nLEVEL=1"})
        await form.press("ctrl+s")
        assert await stored(form, "parameters") == {"DB_PASSWORD": PASSWORD, "LEVEL": "1"}


async def test_a_mask_that_hides_nothing_is_a_problem(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, editing(request_form), with_secrets, size=(100, 40)) as form:
        await form.fill({"parameters": f"OTHER_KEY={MASK}"})
        assert form.problems["parameters"].startswith("the value of OTHER_KEY holds dots")


async def test_a_clone_has_them_too(a_runtime: OpenRuntime) -> None:
    make = editing(request_form, clone=True)
    async with opened_form(a_runtime, make, with_secrets, size=(100, 40)) as form:
        assert PASSWORD not in ui(form)
        await form.press("ctrl+s")
        assert await stored(form, "parameters", 2) == VARIABLES

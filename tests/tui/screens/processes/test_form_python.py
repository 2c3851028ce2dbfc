"""A Python process is written by keys; its callable is tried before it is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.local.pythons import write_module
from tests.services.drafts import a_process, process_draft
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import FormPilot, opened_form
from tui_scheduler.models import ProcessKind
from tui_scheduler.runtime import Runtime
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.processes.form import ProcessForm

DECLARED = "MODE!: text = fast {fast|full} # how\nDAY: date = today"
PARAMETERS = (
    Parameter(
        name="MODE", default="fast", is_required=True, description="how", choices=("fast", "full")
    ),
    Parameter(name="DAY", type=ParameterType.DATE, default="today"),
)
FOR_PYTHON = {"target", "python"}


pytestmark = pytest.mark.usefixtures("_no_pause")


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    beacon = Beacon(tmp_path / "beacon")
    yield beacon
    beacon.close()


def filled(folder: Path, **values: object) -> dict[str, object]:
    """What one enters to have ``job:main`` of ``folder`` called."""
    first = {"name": "job", "kind": ProcessKind.PYTHON, "target": "job:main"}
    return {**first, "working_directory": str(folder), **values}


def edit(runtime: Runtime) -> ProcessForm:
    return ProcessForm(runtime, 1)


async def the_one(form: FormPilot) -> ProcessView:
    runtime = form.form.runtime
    (view,) = await runtime.read(runtime.services.processes.all)
    return view


async def test_everything_is_entered_by_keys(a_runtime: OpenRuntime, tmp_path: Path) -> None:
    write_module(tmp_path, "def main(context): pass")
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill(filled(tmp_path, python="/usr/bin/python3", parameters=DECLARED))
        await form.press("ctrl+s")
        assert form.saved == Saved(1), form.problems
        assert draft_of(await the_one(form)) == process_draft(
            "job",
            command="job:main",
            kind=ProcessKind.PYTHON,
            python="/usr/bin/python3",
            parameters=PARAMETERS,
            working_directory=str(tmp_path),
        )


async def test_the_kind_asks_for_its_fields(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        assert form.form.focused is form.field("name").control
        as_command = form.visible_fields
        assert not FOR_PYTHON & as_command
        await form.fill({"kind": ProcessKind.PYTHON})
        assert form.visible_fields == as_command - {"command"} | FOR_PYTHON


async def test_changing_the_kind_back_loses_nothing(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill({"name": "x", "command": "true", "kind": ProcessKind.PYTHON})
        await form.fill({"target": "job:main", "python": "nonsense", "kind": ProcessKind.COMMAND})
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
        assert draft_of(await the_one(form)) == process_draft("x", command="true")


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"target": ""}, "target", "is missing: name a callable"),
        ({"target": "job"}, "target", "is not package.module:callable"),
        ({"target": "job:other"}, "target", "there is no 'other' in job"),
        ({"target": "gone:main"}, "target", "there is no module 'gone'"),
        ({"python": "env"}, "python", "is not absolute"),
        ({"python": "/nowhere"}, "python", "there is no interpreter /nowhere"),
        ({"working_directory": "/nowhere"}, "working_directory", "does not exist"),
        ({"parameters": "A: colour"}, "parameters", "'colour' is no type"),
        ({"parameters": "A: number = x"}, "parameters", "its default must be a number"),
    ],
)
async def test_what_cannot_be_called_is_refused_at_its_field(
    a_runtime: OpenRuntime, tmp_path: Path, values: dict[str, object], field: str, message: str
) -> None:
    write_module(tmp_path, "def main(): pass")
    async with opened_form(a_runtime, ProcessForm, size=(80, 24)) as form:
        await form.fill(filled(tmp_path, **values))
        await form.press("ctrl+s")
        assert form.is_open
        assert list(form.problems) == [field]
        assert message in form.problems[field]
        assert form.form.focused is form.field(field).control


async def test_what_was_mended_meanwhile_is_tried_again(
    a_runtime: OpenRuntime, tmp_path: Path
) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill(filled(tmp_path))
        await form.press("ctrl+s")
        assert "there is no module 'job'" in form.problems["target"]
        write_module(tmp_path, "def main(): pass")
        await form.press("ctrl+s")
        assert form.saved == Saved(1)


async def test_another_target_is_not_blamed_for_the_one_before(
    a_runtime: OpenRuntime, tmp_path: Path
) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill(filled(tmp_path))
        await form.press("ctrl+s")
        assert form.problems
        await form.fill({"target": "jobs:main"})
        assert not form.problems


async def test_one_sees_that_it_is_tried_and_may_leave_meanwhile(
    a_runtime: OpenRuntime, tmp_path: Path, beacon: Beacon
) -> None:
    write_module(tmp_path, f"import os\nos.system({f'{beacon.lit}sleep 60'!r})")
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill(filled(tmp_path))
        await form.type("ctrl+s")
        await beacon.seen()
        assert "Importing it" in form.field("target").note
        await form.type("escape", "y")
        await form.settle()
        assert form.saved is None


async def test_only_what_changed_is_tried(a_runtime: OpenRuntime, tmp_path: Path) -> None:
    def stored(services: Services) -> None:
        values = {"kind": ProcessKind.PYTHON, "working_directory": str(tmp_path)}
        a_process(services, "job", command="job:main", **values)

    async with opened_form(a_runtime, edit, stored) as form:
        assert form.field("target").value == "job:main"
        await form.fill({"description": "of a module that is not there at the moment"})
        await form.press("ctrl+s")
        assert form.saved == Saved(1)


async def test_a_clone_is_tried(a_runtime: OpenRuntime, tmp_path: Path) -> None:
    def stored(services: Services) -> None:
        values = {"kind": ProcessKind.PYTHON, "working_directory": str(tmp_path)}
        a_process(services, "job", command="job:main", **values)

    def clone(runtime: Runtime) -> ProcessForm:
        return ProcessForm(runtime, 1, clone=True)

    async with opened_form(a_runtime, clone, stored) as form:
        await form.fill({"name": "job 2"})
        await form.press("ctrl+s")
        assert list(form.problems) == ["target"]


async def test_a_small_terminal_shows_all_of_it(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm, size=(80, 24)) as form:
        await form.fill({"kind": ProcessKind.PYTHON, "parameters": DECLARED.split("\n")[0]})
        for name in form.visible_fields:
            assert form.form.region.contains_region(form.field(name).region), name
        assert form.form.region.contains_region(form.form.query_one("#form-save").region)


async def test_a_secret_default_is_hidden_until_one_asks(a_runtime: OpenRuntime) -> None:
    token = Parameter(name="TOKEN", type=ParameterType.SECRET, default="hunter2")

    def stored(services: Services) -> None:
        a_process(services, parameters=(token,))

    async with opened_form(a_runtime, edit, stored) as form:
        assert "hunter2" not in form.pilot.app.export_screenshot()
        await form.press("f3")
        assert "hunter2" in form.pilot.app.export_screenshot()
        await form.press("f3")
        assert not form.form.is_changed
        await form.fill({"description": "of the shop"})
        await form.press("ctrl+s")
        assert (await the_one(form)).parameters == (token,)

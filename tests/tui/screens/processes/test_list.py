"""The catalogue of processes: what it shows, and what each key does."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request
from tests.services.groups import a_group
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import answer, details, keys, press, question, rows, toasts, until
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.models import Overlap, ProcessKind, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.processes.list import ProcessesScreen
from tui_scheduler.tui.screens.requests.form import RequestForm


def _busy(services: Services) -> None:
    a_process(
        services,
        "backup",
        command="tar cf /mnt/all.tar /home\necho done",
        description="everything",
        overlap=Overlap.QUEUE,
        timeout=timedelta(minutes=10),
        retries=2,
        working_directory="/mnt",
        environment={"LANG": "C"},
    )
    a_request(services, process="backup")
    add_run(services, "backup")
    a_running_run(services, "backup")


async def _processes(ui: Ui, count: int = 1) -> None:
    await press(ui, "3")
    await until(ui, lambda: len(rows(ui)) == count and details(ui).strip())


async def test_an_empty_catalogue_says_what_to_press(show: Show) -> None:
    async with show() as ui:
        await press(ui, "3")
        await until(ui, lambda: rows(ui))
        assert "No processes yet" in rows(ui)[0]
        assert "Press n" in "\n".join(rows(ui))


async def test_a_process_is_told_in_one_line(show: Show) -> None:
    async with show(_busy, size=(160, 40)) as ui:
        await _processes(ui)
        for part in ("►", "backup", "tar cf", "⏎", "1", "running", "queue one"):
            assert part in rows(ui)[0]


async def test_the_details_tell_how_it_is_run(show: Show) -> None:
    async with show(_busy) as ui:
        await _processes(ui)
        for part in ("everything", "queue one", "10m", "2, each after 30s"):
            assert part in details(ui)
        for part in ("tar cf /mnt/all.tar /home\necho done", "/mnt", "LANG=C", "00:00:01.500"):
            assert part in details(ui)


async def test_a_long_command_is_cut(show: Show) -> None:
    def long(services: Services) -> None:
        a_process(services, "long", command="\n".join(f"echo {n}" for n in range(40)))

    async with show(long) as ui:
        await _processes(ui)
        assert "and 28 more lines" in details(ui)
        assert "never ran" in rows(ui)[0]


async def test_a_python_process_says_that_it_is_one(show: Show) -> None:
    def python(services: Services) -> None:
        a_process(services, command="reports:daily", kind=ProcessKind.PYTHON)

    async with show(python) as ui:
        await _processes(ui)
        assert "reports:daily (Python)" in rows(ui)[0]
        assert "Python callable\nreports:daily" in details(ui)


async def test_an_inactive_process_cannot_be_requested(show: Show) -> None:
    async with show(lambda services: a_process(services, active=False)) as ui:
        await _processes(ui)
        assert "◌ inactive" in details(ui)
        assert "Schedule" not in keys(ui)


@pytest.mark.parametrize("key", ["n", "a", "e", "enter", "C"])
async def test_forms_open_for_new_edit_and_clone(show: Show, key: str) -> None:
    async with show(_busy) as ui:
        await _processes(ui)
        await press(ui, key)
        await _leave(ui, ProcessForm)


async def test_s_makes_a_request_for_it(show: Show) -> None:
    async with show(_busy) as ui:
        await _processes(ui)
        await press(ui, "s")
        await until(ui, lambda: isinstance(ui.app.screen, RequestForm))
        form = ui.app.screen
        assert isinstance(form, RequestForm)
        await until(ui, lambda: form.is_mounted and form.values().process == "backup")
        await _leave(ui, RequestForm)


async def _leave(ui: Ui, form: type[object]) -> None:
    await until(ui, lambda: isinstance(ui.app.screen, form))
    await until(ui, lambda: not _is_busy(ui))
    await press(ui, "escape")
    await until(ui, lambda: isinstance(ui.app.screen, ProcessesScreen))


def _is_busy(ui: Ui) -> bool:
    return any(worker.group == "review" and not worker.is_finished for worker in ui.app.workers)


async def test_deleting_names_what_goes_along(show: Show) -> None:
    def finished(services: Services) -> None:
        a_request(services, process="backup")
        add_run(services, "backup")

    async with show(finished) as ui:
        await _processes(ui)
        await press(ui, "D")
        assert "backup, with 1 request, with 1 run" in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: "No processes yet" in rows(ui)[0])
        assert await ui.runtime.read(ui.runtime.services.requests.all) == []


async def test_deleting_names_the_groups_that_go_on_without_it(show: Show) -> None:
    def in_groups(services: Services) -> None:
        for name in ("etl", "nightly"):
            a_group(services, "backup", "report", "backup", name=name)

    async with show(in_groups) as ui:
        await _processes(ui, 2)
        await press(ui, "D")
        asked = " ".join((await question(ui)).split())
        assert "with 0 runs, and its place in the groups etl and nightly" in asked
        await answer(ui, "y")
        await until(ui, lambda: "report" in rows(ui)[0])


@pytest.mark.parametrize(("letter", "copied"), [("y", "backup"), ("i", "1"), ("c", "tar cf")])
async def test_y_copies_a_part_of_choice(show: Show, letter: str, copied: str) -> None:
    async with show(_busy) as ui:
        await _processes(ui)
        await press(ui, "y")
        await question(ui)
        await answer(ui, letter)
        await until(ui, lambda: toasts(ui))
        assert ui.app.clipboard.startswith(copied)


async def test_the_last_result_is_followed_live(show: Show) -> None:
    async with show(_busy) as ui:
        await _processes(ui)
        assert "► running" in rows(ui)[0]
        await ui.runtime.write(add_run, ui.runtime.services, status=RunStatus.ERROR)
        await ui.runtime.write(ui.runtime.services.controls.hold)
        await until(ui, lambda: "✗" in details(ui))

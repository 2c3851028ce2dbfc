"""What the palette finds beside actions, and where it goes."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from textual.widgets import OptionList

from tests.services.drafts import a_process, a_request
from tests.support.clock import NOON
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, screenful, table, toasts, until
from tests.tui.screens.runs.screens import add_run, three_runs
from tui_scheduler.models import Process, ProcessKind, Request, Run, RunStatus, database
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.queries.finding import find
from tui_scheduler.tui.screens.dialogs.palette import Palette
from tui_scheduler.tui.themes import DARK, LIGHT


def a_catalogue(services: Services) -> None:
    """A process, a group with a member, two requests, and a run."""
    a_process(services, "extract", command="pg_dump shop")
    services.groups.create(GroupDraft(name="daily figures", members=("extract",)))
    a_request(services, process="backup", description="every night")
    a_request(services, process="backup", description="each month")
    add_run(services, "backup", status=RunStatus.ERROR, exit_code=3)


async def look_for(ui: Ui, text: str, listed: str) -> None:
    """Open the palette, type a text, and wait until the first line begins so."""
    await press(ui, ":")
    await until(ui, lambda: isinstance(ui.app.screen, Palette))
    await press(ui, *text)
    await until(ui, lambda: first_line(ui).startswith(listed))


def first_line(ui: Ui) -> str:
    options = ui.app.screen.query_one(OptionList)
    return str(options.get_option_at_index(0).prompt) if options.option_count else ""


@pytest.mark.parametrize(
    ("text", "listed", "mode", "row_id"),
    [
        ("extract", "Process extract", "processes", 1),
        ("pg_dump", "Process extract", "processes", 1),
        ("daily", "Group daily figures", "groups", 2),
        ("dlyfig", "Group daily figures", "groups", 2),
        ("each month", "Request 2 backup", "requests", 2),
        ("request 1", "Request 1 backup", "requests", 1),
        ("run backup", "Run 1 backup", "monitor", 1),
        ("run #1", "Run 1 backup", "monitor", 1),
    ],
)
async def test_it_goes_to_what_is_found(
    show: Show, text: str, listed: str, mode: str, row_id: int
) -> None:
    async with show(a_catalogue) as ui:
        await look_for(ui, text, listed)
        await press(ui, "enter")
        await until(ui, lambda: ui.app.current_mode == mode)
        await until(ui, lambda: table(ui).cursor_id == row_id)
        assert len(ui.app.screen_stack) == 1
        assert table(ui).has_focus


async def test_no_filter_and_no_toggle_hides_what_one_goes_to(show: Show) -> None:
    async with show(three_runs) as ui:
        await press(ui, "2", "E", "/", *"imp", "enter")
        await until(ui, lambda: table(ui).place.total == 1)
        await look_for(ui, "run report", "Run 3 report")
        await press(ui, "enter")
        await until(ui, lambda: table(ui).cursor_id == 3 and table(ui).place.total == 3)


async def test_a_full_log_gives_way(show: Show) -> None:
    async with show(three_runs) as ui:
        await press(ui, "2")
        await until(ui, lambda: table(ui).cursor_id == 3)
        await press(ui, "enter")
        await until(ui, lambda: len(ui.app.screen_stack) == 2)
        await look_for(ui, "run 1", "Run 1 backup")
        await press(ui, "enter")
        await until(ui, lambda: len(ui.app.screen_stack) == 1)
        await until(ui, lambda: table(ui).cursor_id == 1)


async def test_the_run_of_a_member_is_shown_beneath_its_group(show: Show) -> None:
    def a_group_run(services: Services) -> None:
        a_catalogue(services)
        parent = add_run(services, "backup", members="[1]")
        Process.update(kind=ProcessKind.GROUP).where(Process.name == "backup").execute()
        add_run(services, "extract", parent=parent, position=1)

    async with show(a_group_run) as ui:
        await look_for(ui, "run 3", "Run 3 extract")
        await press(ui, "enter")
        await until(ui, lambda: ui.app.current_mode == "monitor")
        await until(ui, lambda: table(ui).cursor_id == 3)


async def test_keys_in_quick_succession_wait_for_what_is_found(show: Show) -> None:
    async with show(a_catalogue) as ui:
        await press(ui, ":", *"daily figures", "enter")
        await until(ui, lambda: ui.app.current_mode == "groups")


async def test_a_run_that_went_meanwhile_is_told(show: Show) -> None:
    async with show(three_runs) as ui:
        await look_for(ui, "run 1", "Run 1 backup")
        await ui.runtime.write(ui.runtime.services.runs.delete, 1)
        await press(ui, "enter")
        await until(ui, lambda: any("There is no run 1" in toast for toast in toasts(ui)))


async def test_a_theme_is_worn_while_it_is_lit_up_and_stays_if_it_is_chosen(show: Show) -> None:
    async with show() as ui:
        await look_for(ui, "scheduler-light", f"Theme {LIGHT}")
        await until(ui, lambda: ui.app.theme == LIGHT)
        await press(ui, "escape")
        await until(ui, lambda: ui.app.theme == DARK)
        await look_for(ui, "scheduler-light", f"Theme {LIGHT}")
        await press(ui, "enter")
        await until(ui, lambda: any(f'theme = "{LIGHT}"' in toast for toast in toasts(ui)))
        assert ui.app.theme == LIGHT


async def test_while_one_looks_for_any_theme_none_is_worn_until_one_moves(show: Show) -> None:
    async with show() as ui:
        await look_for(ui, "theme", "Theme ")
        assert ui.app.theme == DARK
        seen = set()
        for _ in ui.app.available_themes:
            await press(ui, "down")
            seen.add(ui.app.theme)
        assert len(seen) > 5
        await press(ui, "escape")
        await until(ui, lambda: ui.app.theme == DARK)


async def test_a_setting_says_what_it_is_and_where_it_is_changed(show: Show) -> None:
    async with show() as ui:
        await look_for(ui, "keep_days", "Setting keep_days")
        await press(ui, "enter")
        await until(ui, lambda: any("keep_days is 90: how long" in toast for toast in toasts(ui)))
        assert any("config.toml" in toast for toast in toasts(ui))


async def test_what_cannot_be_read_is_told_and_actions_stay(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show() as ui:
        await press(ui, ":")
        await until(ui, lambda: isinstance(ui.app.screen, Palette))

        async def fails(*_args: Any) -> Any:
            from tui_scheduler.errors import DatabaseUnusable

            await asyncio.sleep(0)
            raise DatabaseUnusable("The database is locked.")

        monkeypatch.setattr(ui.runtime, "read", fails)
        await press(ui, *"hold")
        await until(ui, lambda: "The database is locked." in "".join(toasts(ui)))
        await until(ui, lambda: "Hold or release" in screenful(ui))


def test_what_is_found_is_bounded_and_the_number_meant_is_among_it(services: Services) -> None:
    a_request(services, process="job")
    request: Any = Request.select().dicts().get()
    with database.atomic():
        fields = {name: value for name, value in request.items() if name not in ("id", "process")}
        Request.insert_many([fields | {"process": 1} for _ in range(999)]).execute()
    hits = find("job 17", NOON)
    assert len(hits) < 100
    assert ("request", 17) in [(each.kind, each.id) for each in hits]


def test_of_a_name_the_newest_run_is_found_and_of_a_number_the_very_run(services: Services) -> None:
    for minutes in range(30):
        at = NOON + timedelta(minutes=minutes)
        add_run(services, "backup", scheduled_for=at, start_time=at, end_time=at)
    assert Run.select().count() == 30
    runs = [each.id for each in find("backup", NOON) if each.kind == "run"]
    assert runs == [30]
    runs = [each.id for each in find("run 2", NOON) if each.kind == "run"]
    assert runs == [2]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "ä", "#", "9" * 400, "x " * 900])
def test_any_text_is_only_text(services: Services, text: str) -> None:
    a_request(services, process="backup")
    assert find(text, NOON) == []

"""What the lists show where there is little room, and where there is plenty of it."""

import pytest
from textual.events import Resize
from textual.geometry import Size

from tests.services.drafts import a_process, a_request, every, wall
from tests.services.groups import a_group
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, rows, screenful, table, until
from tests.tui.screens.runs.screens import add_run
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Frequency, MonthlyOption, Weekday
from tui_scheduler.services import Services

LONG = "nightly-backup-of-the-warehouse"
FIRST_SUNDAY = every(
    Frequency.MONTHLY,
    monthly_option=MonthlyOption.FIRST,
    weekday=Weekday.SUN,
    start=wall("2026-03-01 04:00"),
)
SIZES = [(80, 24), (120, 36), (200, 50)]


def header(ui: Ui) -> str:
    """The titles of the list."""
    return table(ui).render_line(0).text


async def listed(ui: Ui, screen: str, count: int = 1) -> None:
    """Go to a screen and wait for its rows."""
    await press(ui, screen)
    await until(ui, lambda: table(ui).place.total == count and len(rows(ui)) == count)


def width_of(ui: Ui, title: str, following: str) -> int:
    """The cells from one title to the next."""
    titles = header(ui)
    return titles.index(following) - titles.index(title)


def _long_names(services: Services) -> None:
    a_process(services, LONG, overlap=Overlap.ALLOW, command="x" * 300, description="y" * 300)
    a_request(services, FIRST_SUNDAY, LONG, description="z" * 300)


@pytest.mark.parametrize("size", SIZES)
async def test_a_name_is_whole_and_so_is_the_time_of_day(show: Show, size: tuple[int, int]) -> None:
    async with show(_long_names, size=size) as ui:
        await listed(ui, "1")
        assert "1st Sun of the month 04:00" in rows(ui)[0]
        await listed(ui, "3")
        assert LONG in rows(ui)[0]


async def test_a_name_is_not_cut_where_less_important_columns_are(show: Show) -> None:
    async with show(_long_names, size=(80, 24)) as ui:
        await listed(ui, "3")
        assert LONG in rows(ui)[0]
        assert not {"Overlap", "Description"} & set(header(ui).split())


async def test_a_long_sentence_leaves_room_for_the_last_result(show: Show) -> None:
    def two(services: Services) -> None:
        a_request(services, every(Frequency.CRON, cron="*/30 8-18 * * 1-5"), "vacuum-database")
        a_request(services, FIRST_SUNDAY, "vacuum-database")

    async with show(two, size=(80, 24)) as ui:
        await listed(ui, "1", 2)
        assert "Last" in header(ui)
        assert "1st Sun of the month 04:00" in rows(ui)[1]


async def test_the_schedule_is_no_narrower_on_a_wider_screen(show: Show) -> None:
    def every_column(services: Services) -> None:
        finish = wall("2027-12-31 23:59:59")
        plan = every(Frequency.DAILY, start=wall("2026-03-01 04:00"), interval=2, finish=finish)
        request = a_request(services, plan, "backup", description="z" * 80)
        services.requests.schedule(request.id)
        add_run(services)

    widths = []
    for size in SIZES[1:]:
        async with show(every_column, size=size) as ui:
            await listed(ui, "1")
            widths.append(width_of(ui, "Schedule", "Next run"))
            await ui.runtime.write(_forget, ui.runtime.services)
    assert widths == sorted(widths)


def _forget(services: Services) -> None:
    while services.processes.remove_step(services.processes.named("backup").id):
        pass


async def test_what_is_empty_in_all_rows_is_not_there(show: Show) -> None:
    async with show(a_request, size=(200, 50)) as ui:
        await listed(ui, "1")
        assert header(ui).split() == [
            "Process", "▲", "Schedule", "Next", "run", "Last", "State",
        ]  # fmt: skip
        await ui.runtime.write(_describe, ui.runtime.services)
        await until(ui, lambda: "Description" in header(ui))


def _describe(services: Services) -> None:
    a_request(services, description="every night")


async def test_how_many_run_is_told_where_more_than_one_can(show: Show) -> None:
    async with show(a_process, size=(200, 50)) as ui:
        await listed(ui, "3")
        assert "Running" not in header(ui)
        await ui.runtime.write(
            lambda services: a_process(services, "any", overlap=Overlap.ALLOW), ui.runtime.services
        )
        await until(ui, lambda: "Running" in header(ui))


async def test_inactive_is_told_where_it_is(show: Show) -> None:
    def two(services: Services) -> None:
        a_process(services, "archive")
        a_process(services, "backup", active=False)

    async with show(two) as ui:
        await listed(ui, "3", 2)
        assert ["inactive" in row for row in rows(ui)] == [False, True]
        assert "●" not in "".join(rows(ui))


async def test_members_get_what_is_over(show: Show) -> None:
    def group(services: Services) -> None:
        a_group(services, *(f"member {number}" for number in range(4)))

    async with show(group, size=(120, 36)) as ui:
        await listed(ui, "4")
        assert "→ member 3" in rows(ui)[0]


@pytest.mark.parametrize(
    ("screen", "title"), [("1", "Process ▲"), ("2", "Run ▼"), ("3", "Name ▲"), ("4", "Name ▲")]
)
async def test_the_own_order_of_a_list_shows_its_arrow(show: Show, screen: str, title: str) -> None:
    def one_of_each(services: Services) -> None:
        a_group(services, "backup")
        add_run(services, "backup")

    async with show(one_of_each) as ui:
        await listed(ui, screen)
        assert title in header(ui)
        await press(ui, "O")
        turned = title.translate(str.maketrans("▲▼", "▼▲"))
        await until(ui, lambda: turned in header(ui))
        for _ in range(12):
            await press(ui, "o")
            await until(ui, lambda: sum(header(ui).count(arrow) for arrow in "▲▼") == 1)


async def test_a_request_can_be_sorted_by_its_status(show: Show) -> None:
    def two(services: Services) -> None:
        a_request(services, FIRST_SUNDAY, "archive")
        services.requests.schedule(a_request(services, FIRST_SUNDAY, "backup").id)

    async with show(two, size=(80, 24)) as ui:
        await listed(ui, "1", 2)
        table(ui).sort_by("status")
        await until(ui, lambda: "▲ Process" in header(ui))
        assert "backup" in rows(ui)[0]


@pytest.mark.parametrize("width", [42, 50, 61])
async def test_a_narrow_list_keeps_the_next_run(show: Show, width: int) -> None:
    def scheduled(services: Services) -> None:
        services.requests.schedule(a_request(services, FIRST_SUNDAY, "sync mirrors").id)

    async with show(scheduled, size=(width, 30)) as ui:
        await listed(ui, "1")
        assert "Next run" in header(ui)
        assert "in 33d" in rows(ui)[0]
        assert ("1st Sun of the month 04:00" in rows(ui)[0]) is (width == 61)


@pytest.mark.parametrize(("width", "time_of_day"), [(42, "12:00"), (48, "12:00:00 UTC")])
async def test_a_narrow_header_is_whole_to_its_end(
    show: Show, width: int, time_of_day: str
) -> None:
    async with show(size=(width, 24)) as ui:
        await press(ui, "2")

        def line() -> str:
            return screenful(ui).splitlines()[0]

        await until(ui, lambda: "○ nobody" in line())
        assert line().startswith("1 2 Monitor 3 4 5 ")
        assert line().endswith(f" {time_of_day}")
        ui.app.post_message(Resize(Size(120, 24), Size(120, 24)))
        await until(ui, lambda: "1 Requests 2 Monitor 3 Processes" in line())

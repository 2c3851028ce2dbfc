"""What the screens tell of runs on a cluster, and that nobody without one sees anything of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.clusters import clusters_in, in_every_state, on_cluster, submit, taken
from tests.services.drafts import a_request
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import answer, press, question, screenful, table, until, words
from tests.tui.screens.runs.data import a_run
from tests.tui.screens.runs.screens import (
    line_at,
    lines,
    monitor,
    run_title,
    three_runs,
)
from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.screens.dialogs.question import run_line
from tui_scheduler.tui.screens.runs.reasons import reason
from tui_scheduler.tui.screens.runs.titles import details, title

GRACE = timedelta(seconds=10)
LATER = NOON + timedelta(minutes=2, seconds=8)
WAITING = a_run(
    status=RunStatus.QUEUED,
    start_time=None,
    place="hpc",
    submitted_at=NOON,
    job="4711",
    waits_for="Resources",
    note="Resources",
)


@pytest.fixture
def settings(new_database: Path) -> Settings:
    """A cluster ``hpc`` is configured."""
    return Settings(database=new_database, clusters=clusters_in(new_database.parent, "hpc"))


def header(ui: Ui) -> list[str]:
    """The titles of the columns."""
    return table(ui).render_line(0).text.replace("▼", "").replace("▲", "").split()


class Clustered:
    """Prepares runs in every state, one of them of this machine."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def __call__(self, services: Services) -> None:
        in_every_state(services, self._clock)
        services.runs.trigger(a_request(services).id)


@pytest.fixture
def clustered(clock: FakeClock) -> Clustered:
    """Runs 1 (ended), 2 (begun), 3 (waits) and 4 (was just taken) on a cluster; 5 on none."""
    return Clustered(clock)


class TestColumn:
    async def test_it_says_where_and_why_it_waits_there(
        self, show: Show, clustered: Clustered
    ) -> None:
        async with show(clustered, size=(120, 40)) as ui:
            screen = await monitor(ui, 5)
            here, on_its_way, waiting, begun, ended = lines(screen)
            assert header(ui)[:4] == ["Run", "Status", "Process", "Where"]
            assert "◌ queued" in here
            assert "hpc" not in here
            assert "◌ queued     taken      hpc  " in on_its_way
            assert "◎ submitted  waiting    hpc: waiting (Resources)  12:00:00  " in waiting
            assert "► running    begun      hpc:n2  " in begun
            assert "30s" in begun
            assert "✓ success    ended      hpc:n1  " in ended

    async def test_on_a_small_terminal_the_place_stays(
        self, show: Show, clustered: Clustered
    ) -> None:
        async with show(clustered, size=(80, 24)) as ui:
            screen = await monitor(ui, 5)
            columns = ["Run", "Status", "Process", "Where", "Start", "Duration", "Exit", "Try"]
            assert header(ui)[: len(columns)] == columns
            assert "hpc:n2" in line_at(screen, 3)
            assert "hpc:" in line_at(screen, 2)
            assert max(map(len, screenful(ui).splitlines())) == 80

    @pytest.mark.parametrize("size", [(80, 24), (120, 40), (220, 50)])
    async def test_where_no_run_is_on_a_cluster_it_is_not_there(
        self, show: Show, size: tuple[int, int]
    ) -> None:
        async with show(three_runs, size=size) as ui:
            await monitor(ui, 3)
            assert "Where" not in header(ui)
            await press(ui, *"oooooooooooo")
            assert "Where" not in header(ui)

    async def test_nor_where_nothing_has_run_yet(self, show: Show) -> None:
        async with show(size=(220, 50)) as ui:
            await monitor(ui)
            assert "Where" not in screenful(ui)

    async def test_it_can_be_sorted_by(self, show: Show, clustered: Clustered) -> None:
        def numbers() -> list[int]:
            return [int(line.split()[0]) for line in lines(screen)]

        async with show(clustered, size=(120, 40)) as ui:
            screen = await monitor(ui, 5)
            await press(ui, "o", "o", "o")
            await until(ui, lambda: "Where ▲" in table(ui).render_line(0).text)
            await until(ui, lambda: numbers() == [3, 4, 1, 2, 5])
            await press(ui, "O")
            await until(ui, lambda: numbers() == [2, 1, 4, 3, 5])


class TestFilter:
    @pytest.mark.parametrize(
        ("typed", "left"),
        [
            ("hpc", [4, 3, 2, 1]),
            ("hpc:n1", [1]),
            ("n2", [2]),
            ("submitted", [3]),
            ("queued", [5, 4, 3]),
            ("hpc running", [2]),
        ],
    )
    async def test_a_place_is_a_word_like_any_other(
        self, show: Show, clustered: Clustered, typed: str, left: list[int]
    ) -> None:
        async with show(clustered, size=(120, 40)) as ui:
            screen = await monitor(ui, 5)
            await press(ui, "slash", *typed)
            numbers = [f"{number}" for number in left]
            await until(ui, lambda: [line.split()[0] for line in lines(screen)] == numbers)


class TestDetails:
    async def test_of_what_waits_there(
        self, show: Show, clustered: Clustered, clock: FakeClock
    ) -> None:
        async with show(clustered, size=(160, 40)) as ui:
            screen = await monitor(ui, 5)
            await press(ui, "j", "j")
            await until(ui, lambda: run_title(ui) == "◎ submitted  waiting  run 3")
            text = "2m38s in the queue of hpc (Resources) · "
            await until(ui, lambda: words(ui, "#run-details").startswith(text))
            assert " · on hpc · job 4713 · submitted 12:00:00" in words(ui, "#run-details")
            clock.advance(minutes=1)
            screen.tick()
            assert words(ui, "#run-details").startswith("3m38s in the queue of hpc")
            assert run_title(ui) == "◎ submitted  waiting  run 3"

    async def test_of_what_has_begun_there(
        self, show: Show, clustered: Clustered, clock: FakeClock
    ) -> None:
        async with show(clustered, size=(160, 40)) as ui:
            screen = await monitor(ui, 5)
            await press(ui, "j", "j", "j")
            await until(ui, lambda: run_title(ui) == "► running  begun  run 2  00:00:30.000")
            text = (
                " · on hpc:n2 · job 4712 · submitted 12:00:00 · waited 2m08s in the queue of hpc"
                " · started 12:02:08"
            )
            await until(ui, lambda: text in words(ui, "#run-details"))
            clock.advance(seconds=2)
            screen.tick()
            assert run_title(ui).endswith("00:00:32.000")

    async def test_what_changes_there_is_shown(
        self, show: Show, clustered: Clustered, clock: FakeClock
    ) -> None:
        async with show(clustered, size=(160, 40)) as ui:
            screen = await monitor(ui, 5)
            await ui.runtime.write(ui.runtime.services.dispatch.waits, 3, "Priority")
            await until(ui, lambda: "hpc: waiting (Priority)" in line_at(screen, 2))

    def test_of_what_is_on_its_way(self) -> None:
        run = replace(WAITING, submitted_at=None, waits_for="", note="", job="")
        text = details(run, NOON, "UTC", GRACE).plain
        assert text == "Waiting to start · every night · by plan · due 12:00 · to run on hpc"

    def test_what_was_noted_before_comes_first(self) -> None:
        run = replace(WAITING, note="Late by 2 min; Resources")
        text = "Late by 2 min · 2m08s in the queue of hpc (Resources)"
        assert reason(run, LATER, GRACE) == text

    def test_without_a_reason_only_how_long(self) -> None:
        run = replace(WAITING, note="", waits_for="")
        assert reason(run, LATER, GRACE) == "2m08s in the queue of hpc"

    def test_what_is_stopped_there_says_so(self) -> None:
        run = replace(WAITING, kill_request=KillRequest.FORCE)
        assert title(run, LATER).plain.startswith("■ stopping…")
        assert reason(run, LATER, GRACE) == "KILL now · 2m08s in the queue of hpc (Resources)"

    def test_what_never_began_there_says_how_long_it_waited(self) -> None:
        note = "Stopped on request before it began"
        ended = replace(WAITING, status=RunStatus.KILLED, end_time=LATER, waits_for="", note=note)
        text = details(ended, LATER, "UTC", GRACE).plain
        assert text.startswith(note)
        assert text.endswith("submitted 12:00:00 · waited 2m08s in the queue of hpc")

    def test_hostile_places_are_made_harmless(self) -> None:
        run = replace(WAITING, place="[red]\x1b[2Jx:\x9b", job="\x07", waits_for="[/]\n")
        assert details(run, NOON, "UTC", GRACE).plain.isprintable()


class TestStopping:
    async def test_it_says_that_it_has_not_begun(self, show: Show, clustered: Clustered) -> None:
        async with show(clustered, size=(120, 40)) as ui:
            await monitor(ui, 5)
            await press(ui, "j", "j")
            await until(ui, lambda: "run 3" in run_title(ui))
            await press(ui, "x")
            asked = await question(ui)
            assert asked == (
                "waiting, run 3, submitted on hpc\n\n"
                "It has not begun, and is taken out of the queue of hpc."
            )
            await answer(ui, "y")
            await until(ui, lambda: "■ stopping…" in screenful(ui))

    async def test_of_several_it_says_how_many(self, show: Show, clustered: Clustered) -> None:
        def prepare(services: Services) -> None:
            clustered(services)
            submit(services, taken(services, on_cluster(services)))

        async with show(prepare, size=(120, 40)) as ui:
            await monitor(ui, 6)
            await press(ui, "space", "j", "j", "j", "space", "j", "space", "x")
            asked = await question(ui)
            assert asked.splitlines()[:3] == [
                "begun, run 2, running on hpc:n2",
                "waiting, run 3, submitted on hpc",
                "train, run 6, submitted on hpc",
            ]
            text = "What is left after 10 s gets KILL. 2 of them have not begun, and are taken out"
            assert f"{text} of the queue of hpc." in asked

    async def test_of_one_of_several(self, show: Show, clustered: Clustered) -> None:
        async with show(clustered, size=(120, 40)) as ui:
            await monitor(ui, 5)
            await press(ui, "j", "j", "space", "j", "space", "X")
            asked = await question(ui)
            assert asked.endswith("One has not begun, and is taken out of the queue of hpc.")

    async def test_of_none_nothing_is_said_of_queues(
        self, show: Show, clustered: Clustered
    ) -> None:
        async with show(clustered, size=(120, 40)) as ui:
            await monitor(ui, 5)
            await press(ui, "j", "j", "j")
            await until(ui, lambda: "run 2" in run_title(ui))
            await press(ui, "x")
            asked = await question(ui)
            assert "begun, run 2, running on hpc:n2" in asked
            assert "queue" not in asked


def test_who_leaves_is_told_where_it_goes_on() -> None:
    assert run_line(WAITING, LATER) == "◎ #7 backup, submitted for 2m08s on hpc"
    assert run_line(a_run(place="hpc:n3"), LATER) == "► #7 backup, running for 2m08s on hpc:n3"
    assert run_line(a_run(), LATER) == "► #7 backup, running for 2m08s"


async def test_the_latest_runs_of_a_request_say_why_one_waits(show: Show) -> None:
    def prepare(services: Services) -> None:
        submit(services, taken(services, on_cluster(services)))

    async with show(prepare, size=(160, 40)) as ui:
        await press(ui, "1")
        await until(ui, lambda: "◎ submitted" in screenful(ui))
        assert "hpc: waiting (Resources)" in screenful(ui)


async def test_the_help_says_what_submitted_means(show: Show) -> None:
    async with show(size=(120, 40)) as ui:
        await press(ui, "f1")
        await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))
        await press(ui, "/", *"submitted")
        await until(ui, lambda: "Waits in the queue of a cluster" in screenful(ui))
        assert "◎ submitted" in screenful(ui)

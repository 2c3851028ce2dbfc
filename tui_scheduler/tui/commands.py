"""The command palette: every action that works on the screen now, with its key."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui_scheduler.tui.keys import MOVEMENT

_LABEL_WIDTH = 24


@dataclass(frozen=True, slots=True)
class Command:
    """An action as the palette lists it."""

    label: str
    keys: str
    tooltip: str
    run: Callable[[], Awaitable[bool]]

    def shown(self, label: Content) -> Content:
        """The line of the palette; ``label`` may have its match lit up."""
        space = " " * max(2, _LABEL_WIDTH - label.cell_length)
        return Content.assemble(label, space, (self.keys, "bold $text-primary"))


class ScreenCommands(Provider):
    """Built from the bindings that are active, so it is never out of date."""

    async def discover(self) -> Hits:
        """List every action, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(
                command.shown(Content(command.label)),
                command.run,
                text=command.label,
                help=command.tooltip,
            )

    async def search(self, query: str) -> Hits:
        """List the actions whose name or explanation matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(matcher.match(command.label), matcher.match(command.tooltip) / 2)
            if score > 0:
                label = matcher.highlight(command.label)
                yield Hit(
                    score,
                    command.shown(label),
                    command.run,
                    text=command.label,
                    help=command.tooltip,
                )

    def _commands(self) -> Iterator[Command]:
        """The screen's own actions first, moving about last."""
        actions: dict[str, list[Binding]] = {}
        nodes: dict[str, DOMNode] = {}
        for node, binding, is_enabled, _ in self.screen.active_bindings.values():
            if binding.id and is_enabled and binding.action != "command_palette":
                actions.setdefault(binding.action, []).append(binding)
                nodes.setdefault(binding.action, node)
        for action in sorted(
            actions, key=lambda name: str(actions[name][0].id).startswith(MOVEMENT)
        ):
            bindings = actions[action]
            yield Command(
                label=bindings[0].description,
                keys=" ".join(sorted(map(self.app.get_key_display, bindings), key=len)),
                tooltip=bindings[0].tooltip,
                run=partial(self.app.run_action, action, nodes[action]),
            )

"""What can be done on a screen now, as the palette lists it: with its object and its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui_scheduler.tui.keys import MOVEMENT, displayed

_NOUNS = frozenset({"request", "process", "group", "run"})
_LABELS: Mapping[str, str] = {
    "request.log": "Log of request",
    "request.trigger_with": "Trigger request with parameters",
    "run.log": "Full log of run",
    "run.log_pane": "Go to log of run",
    "run.trigger": "Run again",
    "run.trigger_with": "Run again with parameters",
    "run.kill": "Stop run by force",
}
"""What is called otherwise than its verb with the noun."""
_KEYS_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Command:
    """An action of ``node``, and how it is listed."""

    label: str
    keys: str
    tooltip: str
    action: str
    node: DOMNode

    @property
    def detail(self) -> str:
        """What stands behind the label: the keys, and what they do unless the label says that."""
        about = "" if self.tooltip == self.label else self.tooltip
        return f"{self.keys:<{_KEYS_WIDTH}}{about}".rstrip()


def commands_of(screen: Screen[Any]) -> dict[str, Command]:
    """What the active bindings of ``screen`` do, by label; moving about comes last."""
    actions: dict[str, tuple[DOMNode, list[Binding]]] = {}
    for node, binding, is_enabled, _ in screen.active_bindings.values():
        if binding.id and is_enabled and binding.action != "command_palette":
            actions.setdefault(binding.action, (node, []))[1].append(binding)
    ordered = sorted(actions.values(), key=lambda each: str(each[1][0].id).startswith(MOVEMENT))
    commands: dict[str, Command] = {}
    for node, bindings in ordered:
        command = _command(node, bindings)
        commands.setdefault(command.label, command)
    return commands


def _command(node: DOMNode, bindings: list[Binding]) -> Command:
    first = bindings[0]
    return Command(
        label=_label(first),
        keys=" ".join(sorted(map(displayed, bindings), key=len)),
        tooltip=first.tooltip,
        action=first.action,
        node=node,
    )


def _label(binding: Binding) -> str:
    """Verb and noun for what is done to objects; for what has no such name, what it does."""
    noun = str(binding.id).partition(".")[0]
    if noun in _NOUNS:
        return _LABELS.get(str(binding.id), f"{binding.description} {noun}")
    has_name = noun == "app" and not binding.action.startswith("show(")
    return binding.description if has_name else binding.tooltip

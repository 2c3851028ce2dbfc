"""The question before anything is deleted, of whatever kind."""

from collections.abc import Sequence

from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog

_MOST_NAMED = 8


class DeleteQuestion(ConfirmDialog):
    """Asks whether ``what`` is to be deleted; ``listed`` says of each what goes along with it."""

    def __init__(self, what: str, listed: Sequence[str]) -> None:
        lines = [*listed[:_MOST_NAMED]]
        if len(listed) > _MOST_NAMED:
            lines.append(f"and {len(listed) - _MOST_NAMED:,} more")
        text = "\n".join([*lines, "", "With all logs. This cannot be undone."])
        super().__init__(f"Delete {what}?", text, yes="Delete", no="Keep")

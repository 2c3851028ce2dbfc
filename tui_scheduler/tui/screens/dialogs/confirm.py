"""The yes-or-no question before something that cannot be taken back."""

from tui_scheduler.tui.screens.dialogs.question import Answer, Question


class ConfirmDialog(Question[bool]):
    """Asks before doing something; No has the focus, ``y`` and ``n`` answer too."""

    def __init__(
        self, title: str, text: str, *, yes: str = "Yes", no: str = "No", danger: bool = True
    ) -> None:
        answers = [Answer("n", no, False), Answer("y", yes, True, is_dangerous=danger)]
        super().__init__(title, text, answers, safe=False)

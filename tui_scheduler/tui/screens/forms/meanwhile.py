"""Saving what others may have changed while its form was open: nothing is put back unasked."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from tui_scheduler.errors import ChangedMeanwhile, spelled
from tui_scheduler.services.drafts import Draft
from tui_scheduler.tui.screens.dialogs.question import Answer, Question
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.toasts import say
from tui_scheduler.tui.widgets.form.fieldset import FormFields

if TYPE_CHECKING:  # it knows files as well, which takes its time to import
    from tui_scheduler.services.definitions.comparison import FieldChange
    from tui_scheduler.services.definitions.meanwhile import Conflict

_MOST_NAMED = 5


class Choice(Enum):
    """What becomes of two changes of one thing."""

    BACK = auto()
    THEIRS = auto()
    MINE = auto()
    BOTH = auto()


async def store_changed(
    form: Form, edited: Draft, draft: Draft, store: Callable[[Draft, Draft], Awaitable[int]]
) -> int | None:
    """Store what the form made of ``edited``, with the user's choice if others changed that.

    ``store`` is given the draft and what it was made of. Returns the id of what was stored, or
    None if nothing is to be.
    """
    from tui_scheduler.services.definitions.meanwhile import both, conflict

    while True:
        try:
            return await store(draft, edited)
        except ChangedMeanwhile as refused:
            stored = refused.stored
        changes = await form.runtime.read(conflict, edited, stored, draft)
        choice = await form.app.push_screen_wait(meanwhile_question(changes, form.form))
        if choice is Choice.THEIRS:
            say(form.app, "Nothing was saved: what was stored meanwhile stays.")
            form.dismiss(None)
        if choice in {Choice.BACK, Choice.THEIRS}:
            return None
        draft = both(edited, stored, draft) if choice is Choice.BOTH else draft
        edited = stored


def meanwhile_question(
    changes: "Conflict", fields: FormFields, what: str = "it"
) -> Question[Choice]:
    """Shows what others changed and what is to be saved, and asks which of it counts."""
    answers = [
        Answer("b", "Back", Choice.BACK),
        Answer("t", "Theirs", Choice.THEIRS, is_dangerous=True),
        Answer("m", "Mine", Choice.MINE, is_dangerous=True),
    ]
    meaning = "Theirs drops your changes. Mine drops theirs."
    if not changes.is_of_one_field:
        answers.append(Answer("o", "Both", Choice.BOTH))
        meaning += " Both keeps both."
    text = "\n".join(
        [
            f"Somebody changed {what} while this form was open:",
            *_lines(changes.theirs, fields),
            "",
            "You are about to save:",
            *_lines(changes.mine, fields),
            "",
            meaning,
        ]
    )
    return Question("Changed meanwhile", text, answers, safe=Choice.BACK)


def _lines(changes: Sequence["FieldChange"], fields: FormFields) -> Iterator[str]:
    labels = {spelled(field.name or ""): field.label for field in fields}
    for change in changes[:_MOST_NAMED]:
        name, dot, variable = change.field.partition(".")
        yield f"  {replace(change, field=labels.get(name, name) + dot + variable)}"
    if len(changes) > _MOST_NAMED:
        yield f"  and {len(changes) - _MOST_NAMED} more"
    if not changes:
        yield "  nothing else"

"""The fields that say who is told of the runs of a process or of a group, and when."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui_scheduler.services.codecs import NEVER, USUAL, read_limit, write_limit
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.forms.field_text import Reader, read_whole, show_whole
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.tui.widgets.form.receivers import ReceiverChoice

ONCE = "1"
SLOW_UNIT = f"such as 10m, or {USUAL}, or {NEVER}"
_WHEN = frozenset({"notify_after", "slow_after"})


def notifying_fields(settings: Settings) -> Iterator[Field]:
    """The fields, as they are of a new process or group."""
    yield Field("notify", "Notify", ReceiverChoice(settings.notifying.receivers), classes="-apart")
    yield Field(
        "notify_after",
        "Notify after",
        LineEntry(ONCE),
        classes="-short",
        unit="failures in a row",
        about="Retries are not counted; a success ends the row.",
    )
    yield Field(
        "slow_after",
        "Slow after",
        LineEntry(USUAL),
        classes="-short",
        unit=SLOW_UNIT,
        about=f"{USUAL.capitalize()}: three times what nearly all took, and a minute more.",
    )


def unasked(notify: Sequence[str] | None) -> frozenset[str]:
    """The names of the fields that say nothing as long as ``notify`` are told."""
    return _WHEN if notify == () else frozenset()


def note_on_notify(notify: Sequence[str] | None, settings: Settings) -> str:
    """What it comes to that ``notify`` are told."""
    notifying = settings.notifying
    gone = [name for name in notify or () if name not in notifying.receivers]
    if gone:
        return f"Take {gone[0]} out, or add [receiver.{gone[0]}] to {settings.config}"
    if not notifying.receivers:
        return f"Nobody can be told yet: add [receiver.NAME] to {settings.config}"
    if notify is not None:
        return "" if notify else "Nobody is told of its failures."
    if notifying.by_default:
        return f"The configuration says: {', '.join(notifying.by_default)}."
    return "The configuration names nobody: it has no line notify = [...]."


def notifying_values(draft: ProcessDraft | GroupDraft) -> dict[str, Any]:
    """What the fields hold to show ``draft``."""
    return {
        "notify": draft.notify,
        "notify_after": show_whole(draft.notify_after),
        "slow_after": write_limit(draft.slow_after),
    }


def read_notifying(values: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """What the fields mean; nobody sees what is wrong in those that are not asked for."""
    notify = values["notify"]
    when = Reader() if unasked(notify) else reader
    return {
        "notify": notify,
        "notify_after": when.read("notify_after", values["notify_after"], read_whole, 1),
        "slow_after": when.read("slow_after", values["slow_after"], read_limit, None),
    }

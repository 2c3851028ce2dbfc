"""What the group form holds, as its fields show it, and what that means as a group."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tui_scheduler.errors import Problem
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.tui.screens.forms.field_text import Reader
from tui_scheduler.tui.screens.forms.notifying import notifying_values, read_notifying


def values_of(draft: GroupDraft) -> dict[str, Any]:
    """The fields as they show ``draft``."""
    return asdict(draft) | notifying_values(draft)


def read(values: Mapping[str, Any]) -> tuple[GroupDraft, Sequence[Problem]]:
    """The draft that the fields describe, and the problems of those that cannot be read."""
    reader = Reader()
    draft = GroupDraft(**{**values, **read_notifying(values, reader)})
    return draft, reader.problems

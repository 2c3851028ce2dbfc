"""Changing several objects of a kind at once: all of them, or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from tui_scheduler.errors import ChangedMeanwhile, InvalidInput, NotFound, Refused, SchedulerError
from tui_scheduler.models import transaction
from tui_scheduler.services.drafts import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Generic[Draft]):
    """The object with this id, which messages call ``name``, was ``edited`` to be ``draft``."""

    id: int
    name: str
    edited: Draft
    draft: Draft

    @property
    def is_change(self) -> bool:
        """Whether it would be another one."""
        return bool(self.draft != self.edited)


class OneOfMany(SchedulerError):
    """One object of several is not there any more, or was changed meanwhile (``reason``)."""

    def __init__(self, object_id: int, reason: NotFound | ChangedMeanwhile) -> None:
        super().__init__(str(reason))
        self.id = object_id
        self.reason = reason


def update_all(update: Callable[..., Any], edits: Sequence[Edit[Any]]) -> None:
    """Make all ``edits`` with ``update``, the use case for one of them, in one transaction.

    Raises InvalidInput, Refused, or OneOfMany; then nothing is stored.
    """
    with transaction():
        for edit in edits:
            try:
                update(edit.id, edit.draft, edited=edit.edited)
            except (NotFound, ChangedMeanwhile) as reason:
                raise OneOfMany(edit.id, reason) from reason
            except Refused as reason:
                raise Refused(f"{edit.name}: {reason}") from reason
            except InvalidInput as invalid:
                raise InvalidInput(
                    replace(problem, text=f"{problem.text} ({edit.name})")
                    for problem in invalid.problems
                ) from invalid

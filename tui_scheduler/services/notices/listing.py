"""The list of notices, as a table shows a part of it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from tui_scheduler.errors import NotFound
from tui_scheduler.models import Notice
from tui_scheduler.services.queries.conditions import matching
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.windows import Listing, Sorts, page_of
from tui_scheduler.services.views.notices import NoticeView

NOT_SENT: Any = Notice.sent_at.is_null() & (Notice.problem != "")
"""What could not be sent: not yet, or not at all."""

_SEARCHED = (Notice.kind, Notice.receiver, Notice.process, Notice.problem)
_COLUMNS = [field.name for field in fields(NoticeView)]
_SORTS: Sorts = {
    "kind": Notice.kind,
    "receiver": Notice.receiver,
    "process": Notice.process,
    "run": Notice.run_id,
}


def page(window: Window, *, failed: bool = False) -> Page[NoticeView]:
    """Returns the part of the list that a table shows, newest first unless it is sorted.

    With ``failed`` it is the list of those that could not be sent.
    """
    notices = Notice.select()
    wanted = matching(notices.where(NOT_SENT) if failed else notices, window.text, _SEARCHED)
    listing = Listing(
        query=wanted,
        key=Notice.id,
        expression=_SORTS.get(window.sort or "", Notice.id),
        descending=window.reverse if window.sort in _SORTS else not window.reverse,
    )
    return page_of(window, listing, _views, total=wanted.count(), overall=notices.count())


def one(notice_id: int) -> NoticeView:
    """Returns the notice with this id; raises NotFound."""
    for view in _views([notice_id]).values():
        return view
    raise NotFound(f"There is no notice with id {notice_id} (any more).")


def _views(ids: Sequence[int]) -> dict[int, NoticeView]:
    stored = Notice.select().where(Notice.id.in_(ids))
    return {row.id: NoticeView(**{name: getattr(row, name) for name in _COLUMNS}) for row in stored}

"""Which processes and groups lead to runs of which others, so that nothing ever leads to itself.

The end of one leads to a run of what follows it, and a run of a group to runs of its members.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui_scheduler.errors import Refused
from tui_scheduler.models import GroupMember, Process, Request, rows
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.wording import plural

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Links:
    """By name, what the end of each process or group leads to, and who the members of groups are.

    All of them are stored, or will be: requests count that are not scheduled now, as they may be.
    """

    followers: Mapping[str, Sequence[str]]
    members: Mapping[str, Sequence[str]]

    @classmethod
    def of(
        cls, follows: Iterable[tuple[str, str]], members: Mapping[str, Sequence[str]]
    ) -> "Links":
        """Returns the links of these pairs: who follows, and whom."""
        followers: dict[str, list[str]] = {}
        for follower, followed in dict.fromkeys(follows):
            followers.setdefault(followed, []).append(follower)
        return cls(followers, members)

    def circle_by(self, follower: str, followed: str) -> list[str]:
        """Returns the circle there is if ``follower`` follows ``followed``, or is its member.

        It begins and ends with ``followed``; empty if there is none.
        """
        way = self._way(follower, followed)
        return [followed, *way] if way else []

    def _way(self, begin: str, end: str) -> list[str]:
        """Returns the shortest way from one to another, both included; empty if there is none."""
        before: dict[str, str] = {}
        seen, reached = {begin}, [begin]
        for name in reached:
            if name == end:
                return _traced(before, begin, end)
            for following in (*self.followers.get(name, ()), *self.members.get(name, ())):
                if following not in seen:
                    seen.add(following)
                    before[following] = name
                    reached.append(following)
        return []


def stored_links(
    without: int | None = None, members: Mapping[str, Sequence[str]] | None = None
) -> Links:
    """Returns the links of all that is stored, but for the request ``without``.

    Groups have these ``members`` instead of those that are stored, as far as they are named.
    """
    followed = Request.select(Process.name, Request.follows).join(Process)
    pairs = rows(followed.where(Request.follows.is_null(False), Request.id != without))
    return Links.of(pairs, {**_stored_members(), **(members or {})} if pairs else {})


def rename_followed(context: Context, process_id: int, name: str) -> None:
    """Let what follows a process or a group follow it under another name; in a transaction."""
    former = Process.select(Process.name).where(Process.id == process_id).scalar()
    if former in (None, name):
        return
    following = Request.follows == former
    for request_id in list(Request.select(Request.id).where(following).scalars()):
        context.tell(RequestSaved(request_id))
    Request.update(follows=name).where(following).execute()


def refuse_followed(name: str) -> None:
    """Raise Refused if a request follows this process or group, which therefore has to stay."""
    following = Request.select(Request.id, Process.name).join(Process)
    followers = rows(following.where(Request.follows == name).order_by(Request.id))
    if not followers:
        return
    request_id, process = followers[0]
    others = f" and {plural(len(followers) - 1, 'other')}" if len(followers) > 1 else ""
    raise Refused(
        f"Request {request_id} of {process!r}{others} would never run again: it follows {name!r}."
        " Edit or remove that first."
    )


def circle_text(circle: Sequence[str]) -> str:
    """Returns what is wrong with a circle, with its path and the remedy."""
    named = list(circle)
    if len(named) > _MOST_NAMED:
        left_out = len(named) - _MOST_NAMED
        named[_MOST_NAMED // 2 : -_MOST_NAMED // 2] = [f"{left_out} more"]
    path = " → ".join(named)
    return f"would lead back to itself, and run for ever: {path}. Follow something else"


def _traced(before: Mapping[str, str], begin: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != begin:
        way.append(before[way[-1]])
    return way[::-1]


def _stored_members() -> dict[str, list[str]]:
    group = Process.alias()
    places = (
        GroupMember.select(group.name, Process.name)
        .join(group, on=(GroupMember.group == group.id))
        .switch(GroupMember)
        .join(Process, on=(GroupMember.process == Process.id))
        .order_by(GroupMember.group, GroupMember.position)
    )
    members: dict[str, list[str]] = {}
    for group_name, name in rows(places):
        members.setdefault(group_name, []).append(name)
    return members

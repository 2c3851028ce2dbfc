"""What forbids to store what a file says, each with its place in the file.

Whatever is not to be changed is not looked at: it may have become invalid as time went by, and
nobody asked to touch it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from tui_scheduler.errors import Problem, spelled
from tui_scheduler.members import Members, names_of
from tui_scheduler.schedules import Plan, Timing, first_fire
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.chains import Links, circle_text
from tui_scheduler.services.context import Context
from tui_scheduler.services.definitions.comparison import Act, Comparison
from tui_scheduler.services.definitions.definitions import Definitions, RequestEntry
from tui_scheduler.services.definitions.document import place_of
from tui_scheduler.services.definitions.stored import Stored
from tui_scheduler.services.validation import (
    group_problems,
    nobody_to_follow,
    process_problems,
    request_content_problems,
    step_problems,
    wording_problems,
)


def problems(
    wanted: Definitions,
    stored: Stored,
    comparison: Comparison,
    names: Collection[str],
    context: Context,
) -> Iterator[Problem]:
    """Everything that is wrong in what is added or changed; ``names`` may be referred to."""
    now, notifying, links = context.clock.now(), context.notifying, links_of(wanted)
    for name in _saved(comparison, "process"):
        if name in wanted.groups:
            yield Problem(place_of("process", name), "is a group too: give one another name")
        reasons = process_problems(wanted.processes[name], context, stored.owner_ids.get(name))
        yield from _placed("process", name, reasons)
    for name in _saved(comparison, "group"):
        draft = wanted.groups[name]
        own_id = stored.owner_ids.get(name)
        reasons = group_problems(replace(draft, members=()), notifying, own_id)
        yield from _placed("group", name, reasons)
        yield from _placed("group", name, _member_problems(draft.members, wanted, names))
        yield from _placed("group", name, _circles(links, names_of(draft.members), name))
    for key, entry in wanted.requests.items():
        followed = entry.draft.plan.follows
        if followed and followed not in names:
            reason = Problem("follows", nobody_to_follow(followed))
            yield from _placed("request", key, [reason])
    for key in _saved(comparison, "request"):
        yield from _placed("request", key, _key_problems(key))
        entry = wanted.requests[key]
        yield from _placed("request", key, _request_problems(wanted, entry, names, now))
        yield from _placed("request", key, _circle(links, entry))


def links_of(definitions: Definitions) -> Links:
    """Returns what leads to what once these are stored."""
    drafts = [entry.draft for entry in definitions.requests.values()]
    return Links.of(
        ((draft.process, draft.plan.follows) for draft in drafts if draft.plan.follows),
        {name: names_of(group.members) for name, group in definitions.groups.items()},
    )


def _circle(links: Links, entry: RequestEntry) -> Iterator[Problem]:
    draft = entry.draft
    if draft.plan.follows and (circle := links.circle_by(draft.process, draft.plan.follows)):
        yield Problem("follows", circle_text(circle))


def _circles(links: Links, members: Sequence[str], group: str) -> Iterator[Problem]:
    processes = [member for member in dict.fromkeys(members) if member not in links.members]
    circles = (links.circle_by(member, group) for member in processes)
    if circle := next(filter(None, circles), None):
        yield Problem("members", circle_text(circle))


def _saved(comparison: Comparison, kind: str) -> list[str]:
    return comparison.names(Act.ADD, kind) + comparison.names(Act.CHANGE, kind)


def _placed(kind: str, name: str, reasons: Iterable[Problem]) -> Iterator[Problem]:
    place = place_of(kind, name)
    for problem in reasons:
        yield Problem(f"{place}: {spelled(problem.field)}", problem.text)


def _member_problems(
    members: Members, wanted: Definitions, names: Collection[str]
) -> Iterator[Problem]:
    yield from step_problems(members)
    for name in dict.fromkeys(names_of(members)):
        if name in wanted.groups:
            yield Problem("members", f"{name!r} is a group: name the processes it runs")
        elif name not in names:
            yield Problem("members", f"there is no process {name!r}: add it to the file")


def _request_problems(
    wanted: Definitions, entry: RequestEntry, names: Collection[str], now: datetime
) -> Iterator[Problem]:
    draft = entry.draft
    if draft.process not in names:
        remedy = "add it to the file, or name another one"
        yield Problem("process", f"there is no process or group {draft.process!r}: {remedy}")
    reasons = request_content_problems(draft, wanted.declared(draft.process), now)
    yield from reasons
    if entry.is_scheduled and not reasons and not _fires(draft.plan, now):
        yield Problem("scheduled", "this plan has no run left: change it, or write false")


def _fires(plan: Plan, now: datetime) -> bool:
    """Whether a plan in which nothing is wrong may fire: a recurring one would not be so."""
    is_sure = plan.timing is Timing.SCHEDULE or plan.awaits_event
    return is_sure or first_fire(resolved(plan), now) is not None


def _key_problems(key: str) -> Iterator[Problem]:
    for problem in wording_problems(key):
        yield replace(problem, field="its key")

"""What the pane beside the list of groups tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_scheduler.members import numbered
from tui_scheduler.services import Services
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.screens.process_or_group import notifying_facts
from tui_scheduler.tui.screens.runs.lately import track_record
from tui_scheduler.tui.screens.runs.latest import latest_runs, none_yet
from tui_scheduler.wording import OVERLAPS, on_failure

_RUNS = 8
_MOST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class GroupDetails:
    """A group, how its runs went lately, and the latest of them, newest first."""

    group: GroupView
    record: TrackRecord
    runs: tuple[RunView, ...]

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return self.group.name


def load_details(services: Services, group_id: int) -> GroupDetails:
    """Read all of it; raises NotFound."""
    group = services.groups.get(group_id)
    runs = services.runs.latest(RunFilter(process=group.name), _RUNS)
    return GroupDetails(group, services.runs.record_of_process(group_id), tuple(runs))


def details_text(details: GroupDetails, now: datetime) -> tuple[Content, ...]:
    """Facts, the members and the latest runs at this moment."""
    return (
        lines(*_facts(details.group), *track_record(details.record)),
        lines(*_members(details.group)),
        lines(*latest_runs(details.runs, now, none_yet(details.group.request_count))),
    )


def _facts(group: GroupView) -> Iterator[Content]:
    if group.description:
        yield toned(group.description, "strong")
    yield named("Requests", f"{group.request_count:,}")
    yield named("On failure", on_failure(group.stop_on_failure, explained=True))
    yield named("Overlap", OVERLAPS[group.overlap].short)
    yield from notifying_facts(group)


def _members(group: GroupView) -> Iterator[Content]:
    yield heading("Members")
    if not group.members:
        yield toned("none yet: press e to add some", "muted")
    members = numbered(group.members)
    for number, name in members[:_MOST_MEMBERS]:
        yield toned(f"{number:>2} ", "muted") + toned(name)
    if len(members) > _MOST_MEMBERS:
        yield toned(f"and {len(members) - _MOST_MEMBERS} more", "muted")

"""The log of a group run: which member began when, and what became of it.

It is made of the rows alone, and grows; it is made anew where an end of a member that ran together
with others became known late. So writing it again adds what a crash kept from being written, and
nothing twice.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from tui_scheduler.models import Process, Run, after_commit
from tui_scheduler.permissions import open_file
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.logs.run_files import make_log_folder
from tui_scheduler.services.running.prepared_queries import FILES
from tui_scheduler.services.running.steps import Place, place_in
from tui_scheduler.text import plain
from tui_scheduler.wording import RUN_STATUSES, exact_duration, signal_name

_TOLD = (
    Run.id, Run.position, Run.members, Run.attempt, Run.place, Run.status, Run.start_time,
    Run.end_time, Run.exit_code, Run.signal, Run.note,
)  # fmt: skip
_log = logging.getLogger(__name__)


def tell_story(context: Context, run_id: int) -> None:
    """Let the log of a group run say what its rows say by now; call it in a transaction.

    Does nothing for a run that is gone: its log is gone as well.
    """
    story = story_of(run_id).encode(errors="replace")
    for token, _ in FILES.rows(run_id=run_id):
        Run.update(log_bytes=len(story)).where(Run.id == run_id).execute()
        after_commit(partial(write_story, context.log_path(run_id, token), story))
        context.tell(RunChanged(run_id))


def story_of(run_id: int) -> str:
    """The log of the group run ``run_id`` so far."""
    query = Run.select(*_TOLD, Process.name).join(Process)
    group = query.where(Run.id == run_id).first()
    if group is None or group.start_time is None:
        return ""
    lines = [_line(group.start_time, f"group {group.process.name!r} begins")]
    members = query.where(Run.parent == run_id).order_by(Run.id)
    for step in _steps(group, members):
        lines += step
    if group.end_time is not None:
        lines.append(_line(group.end_time, f"group ends: {_outcome(group)}"))
    return "".join(f"{line}\n" for line in lines)


def write_story(path: Path, story: bytes) -> None:
    """Let the file at ``path`` hold ``story``; what is there already is not written again."""
    try:
        make_log_folder(path.parent)
        with os.fdopen(open_file(path, os.O_RDWR | os.O_CREAT), "rb+") as file:
            there = file.read(len(story) + 1)
            if not story.startswith(there):
                file.seek(0)
                file.truncate()
                there = b""
            file.write(story[len(there) :])
    except OSError:  # no place to tell it: the rows tell it too
        _log.warning("the log of a group run cannot be written", exc_info=True)


def _steps(group: Run, members: Iterable[Run]) -> Iterator[list[str]]:
    """The lines of each step: those of members that run together are in the order of time."""
    placed = ((place_in(group.members, member.position), member) for member in members)
    for (_, is_shared), runs in groupby(placed, key=lambda each: (each[0].step, each[0].is_shared)):
        lines = [line for place, run in runs for line in _member_lines(place, run)]
        if is_shared:
            lines.sort(key=itemgetter(0))
        yield [_line(moment, text) for moment, text in lines]


def _member_lines(place: Place, member: Run) -> Iterator[tuple[datetime, str]]:
    name = f"{place.number} {member.process.name!r}, run {member.id}"
    if member.attempt > 1:
        name += f", try {member.attempt}"
    if member.start_time is not None:
        where = f" on {member.place}" if member.place else ""
        yield member.start_time, f"{name}: begins{where}"
    if member.end_time is not None:
        yield member.end_time, f"{name}: {_outcome(member)}"


def _outcome(run: Run) -> str:
    """The status in words, how long it took, and what is noted of it."""
    words = [RUN_STATUSES[run.status].word]
    if run.start_time is not None and run.end_time is not None:
        words.append(f"after {exact_duration(run.end_time - run.start_time)}")
    if run.signal is not None:
        words.append(signal_name(run.signal))
    elif run.exit_code:
        words.append(f"exit code {run.exit_code}")
    return ", ".join(words) + (f" ({plain(run.note)})" if run.note else "")


def _line(moment: datetime, text: str) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S} {plain(text)}"

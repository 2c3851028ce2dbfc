"""What is said of one notice, or of many at once: a title, a text, and the facts as JSON has them.

It is made when it is sent, of what is known then. Values of secret variables are dots wherever they
stand, also in the lines of a log.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.errors import NotFound
from tui_scheduler.models import Request
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services.context import Context
from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.shown_lines import read_line
from tui_scheduler.services.queries.runs import list as run_list
from tui_scheduler.services.secret_values import secrets_of, without_secrets
from tui_scheduler.services.views.notices import NoticeView
from tui_scheduler.services.views.records import Record, run_record
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.wording import (
    RUN_STATUSES,
    cut,
    iso_moment,
    local_zone,
    plural,
    rounded_duration,
)

DIGEST = "digest"
"""What stands for the kind of several notices that are sent as one."""

_LONGEST_LINE = 500  # characters
_LONGEST_READ = 10_000  # cells: so much longer that no secret is cut before it is hidden
_MOST_LISTED = 100  # of a digest
_KEPT_PRIVATE = ("id", "parameters", "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a receiver is sent; ``key`` is the same whenever the same is sent again.

    ``facts`` is what a webhook is posted, as JSON: the fields of a run but for its parameters and
    its command, ``run_id``, and what is said here.
    """

    key: str
    kind: str
    title: str
    text: str
    exit_code: int | None = None
    is_success: bool = False
    facts: Record


def compose(context: Context, notices: Sequence[NoticeView], lines: int) -> Message:
    """Returns the message of one notice, or of several to one receiver."""
    stories = [_Story(context, notice, lines if len(notices) == 1 else 0) for notice in notices]
    if len(stories) == 1:
        return stories[0].message()
    return _digest(stories)


@dataclass(frozen=True, slots=True)
class Sample:
    """A message that says nothing but that it comes; for trying a receiver."""

    host: str

    def message(self, key: str) -> Message:
        """Returns it."""
        title = "tui-scheduler: a test"
        text = f"This is a test from {self.host}: a receiver of notices of tui-scheduler works."
        facts = {"id": key, "kind": "test", "title": title, "text": text, "host": self.host}
        return Message(
            key=key, kind="test", title=title, text=text, is_success=True, facts=_NO_FACTS | facts
        )


class _Story:
    """All that is known of one notice."""

    def __init__(self, context: Context, notice: NoticeView, lines: int) -> None:
        self.notice = notice
        self._now = context.clock.now()
        self._zone = local_zone()
        self.host = context.host.name
        self._run = _run_of(context, notice)
        self._secrets = secrets_of(notice.request_id, self._run)
        self._next_fire = _next_fire(notice)
        self._log = list(_last_lines(self._run, lines, self._secrets))

    def title(self) -> str:
        """Returns what it is about, in a few words."""
        return without_secrets(
            _TITLES[self.notice.kind].format(self._owner(), self._count()), self._secrets
        )

    def sentence(self) -> str:
        """Returns the title with where and when."""
        return f"{self.title()} on {self.host}, {self._moment(self.notice.created_at)}"

    def message(self) -> Message:
        """Returns it as it is sent."""
        run = self._run
        text = without_secrets("\n".join(self._lines()), self._secrets)
        return Message(
            key=self.notice.key,
            kind=self.notice.kind.value,
            title=self.title(),
            text=text,
            exit_code=None if run is None else run.exit_code,
            is_success=run is not None and run.status.value == "success",
            facts=self.facts(text),
        )

    def facts(self, text: str) -> Record:
        """Returns the fields that a webhook is given."""
        notice, run = self.notice, self._run
        record: Record = {} if run is None else run_record(run, self._now, self._zone)
        record = {name: value for name, value in record.items() if name not in _KEPT_PRIVATE}
        record = (
            _NO_FACTS
            | record
            | {
                "id": notice.key,
                "kind": notice.kind.value,
                "run_id": notice.run_id,
                "request_id": notice.request_id,
                "owner": notice.process,
                "title": self.title(),
                "text": text,
                "in_a_row": notice.in_a_row,
                "host": self.host,
            }
        )
        return {name: _all_masked(value, self._secrets) for name, value in record.items()}

    def _lines(self) -> Iterator[str]:
        notice, run = self.notice, self._run
        yield f"{self.sentence()}."
        if (reason := self._reason()) != "":
            yield reason
        if notice.kind is NoticeKind.RECOVERED and notice.since is not None:
            yield f"It was broken for {rounded_duration(notice.created_at - notice.since)}."
        elif notice.in_a_row > 1 and notice.since is not None:
            yield f"It has failed{self._count()}, since {self._moment(notice.since)}."
        if self._next_fire is not None:
            yield f"It runs next {self._moment(self._next_fire)}."
        if self._log:
            yield ""
            yield "Its log ends with:"
            yield from self._log
        if run is not None:
            yield ""
            yield f"More: tui-scheduler log {run.id}"

    def _reason(self) -> str:
        notice, run = self.notice, self._run
        if notice.kind is NoticeKind.SILENT and notice.since is not None:
            return f"None of its runs has succeeded since {self._moment(notice.since)}."
        if run is None:
            return "Its run has been removed." if notice.run_id is not None else ""
        took = run.duration(self._now)
        if notice.kind is NoticeKind.SLOW:
            return f"Run {run.id} goes on for {rounded_duration(took)} by now." if took else ""
        where = f" on {run.place}" if run.place else ""
        facts = [f"Run {run.id}{where}: {RUN_STATUSES[run.status].word}"]
        if run.exit_code:
            facts.append(f"exit code {run.exit_code}")
        if took is not None:
            facts.append(f"after {rounded_duration(took)}")
        return ", ".join(facts) + (f". {run.note}" if run.note else ".")

    def _owner(self) -> str:
        return self.notice.process or f"request {self.notice.request_id}"

    def _count(self) -> str:
        number = self.notice.in_a_row
        return f" {number} times in a row" if number > 1 else ""

    def _moment(self, moment: datetime) -> str:
        return iso_moment(moment, self._zone)


_TITLES = {
    NoticeKind.FAILED: "{} failed{}",
    NoticeKind.RECOVERED: "{} works again",
    NoticeKind.SLOW: "{} takes unusually long",
    NoticeKind.SILENT: "{} has not succeeded for too long",
    NoticeKind.MISSED: "{} was not run",
    NoticeKind.STARTED: "{} began",
    NoticeKind.ENDED: "{} ended",
}
_RUN_FIELDS = (
    "process",
    "group",
    "parent_id",
    "position",
    "step",
    "progress",
    "status",
    "channel",
    "scheduled_for",
    "submitted_at",
    "start_time",
    "end_time",
    "duration",
    "usual_duration",
    "expected_end",
    "exit_code",
    "signal",
    "attempt",
    "missed",
    "after_run",
    "followed_by",
    "cpu_time",
    "peak_memory",
    "log_bytes",
    "log_path",
    "kill_request",
    "kill_requested_at",
    "note",
    "waits_for",
    "locks",
    "place",
    "job",
    "pid",
)
_NO_FACTS: Record = dict.fromkeys((*_RUN_FIELDS, "run_id", "request_id", "owner", "in_a_row"))


def _digest(stories: Sequence[_Story]) -> Message:
    counts: dict[str, int] = {}
    for each in stories:
        kind = each.notice.kind.value
        counts[kind] = counts.get(kind, 0) + 1
    title = f"{plural(len(stories), 'notice')}: " + ", ".join(
        f"{count:,} {kind}" for kind, count in counts.items()
    )
    listed = [f"* {each.sentence()}" for each in stories[:_MOST_LISTED]]
    if len(stories) > _MOST_LISTED:
        listed.append(f"* and {len(stories) - _MOST_LISTED:,} more")
    text = "\n".join([f"{title}.", "", *listed, "", "More: tui-scheduler notices"])
    key = stories[0].notice.key
    facts = {
        "id": key,
        "kind": DIGEST,
        "title": title,
        "text": text,
        "host": stories[0].host,
        "notices": [each.facts(f"{each.sentence()}.") for each in stories],
    }
    return Message(key=key, kind=DIGEST, title=title, text=text, facts=_NO_FACTS | facts)


def _run_of(context: Context, notice: NoticeView) -> RunView | None:
    if notice.run_id is None:
        return None
    try:
        run = run_list.one(context, notice.run_id)
    except NotFound:
        return None
    return run if run.request_id == notice.request_id else None


def _next_fire(notice: NoticeView) -> datetime | None:
    fire: datetime | None = (
        Request.select(Request.next_fire).where(Request.id == notice.request_id).scalar()
    )
    return fire


def _last_lines(run: RunView | None, count: int, secrets: Sequence[str]) -> Iterator[str]:
    """Yield the last lines of a log as they are shown, each cut to a bearable length."""
    if run is None or not count or not run.was_taken:
        return
    log = LogFile(run.log_path)
    log.refresh()
    lines = list(islice(log.lines_before(log.size), count))[::-1]
    texts = [read_line(log, line, cells=_LONGEST_READ, style=UNSTYLED).text for line in lines]
    for line in without_secrets("\n".join(texts), secrets).splitlines():
        yield cut(line, _LONGEST_LINE)


def _all_masked(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        return without_secrets(value, secrets)
    if isinstance(value, dict):
        return {name: _all_masked(item, secrets) for name, item in value.items()}
    return value

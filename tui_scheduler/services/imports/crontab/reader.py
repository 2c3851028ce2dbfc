"""A crontab, line after line, into proposals.

Cron lets runs of a command overlap. After a sleep it makes up for what was missed for a while:
longer for fixed times than for what begins with a star. So both are so here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import Frequency, Plan, Timing, problems
from tui_scheduler.schedules.cron import parse_cron
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.imports.crontab.commands import SHELL, command_line, program_of
from tui_scheduler.services.imports.crontab.lines import Job, Line, job_of, lines_of, variable_of
from tui_scheduler.services.imports.crontab.times import expression_of
from tui_scheduler.services.imports.naming import name_of
from tui_scheduler.services.imports.proposals import Note, Proposal, Reading, Refusal, Unreadable
from tui_scheduler.services.parameters.variables import variable_problems

_GIVEN = {"SHELL": SHELL, "PATH": "/usr/bin:/bin"}
"""What cron gives every command that the crontab does not say otherwise for."""

_MADE_UP_FOR = timedelta(hours=3)
_MADE_UP_FOR_EVERY = timedelta(minutes=5)
"""For how long cron makes up for fixed times, and for minutes or hours that begin with a star."""

_EXPANDED = re.compile(r"\$[A-Za-z_{]")
_COLUMNS = re.compile(r"m\s+h\s+dom\s|(\*\s+){5}\S")  # a comment that explains the columns
_TOLD = {
    "MAILTO": "no mail is sent: the log of each run keeps what it prints",
    "RANDOM_DELAY": "nothing is delayed: runs start on time",
    "LOGNAME": "cron does not let it be changed, so it is passed over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a crontab does not say: the machine's zone, who reads it and when.

    ``has_users`` is true for a system crontab, whose lines name a user before the command.
    """

    zone: str
    user: str
    now: datetime
    has_users: bool = False


def read_crontab(data: bytes, circumstances: Circumstances) -> Reading:
    """Every line as a proposal or a refusal, but for blank lines, comments and good variables."""
    reader = _Reader(circumstances)
    for line in lines_of(data):
        reader.read(line)
    notes = [*_file_notes(data), *reader.notes]
    return Reading(
        proposals=tuple(reader.proposals), refusals=tuple(reader.refusals), notes=tuple(notes)
    )


@dataclass(slots=True)
class _Reader:
    """What holds at a line because of those above it, and what was found so far."""

    circumstances: Circumstances
    variables: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def read(self, line: Line) -> None:
        """Take in the next line."""
        if line.data.lstrip(b" \t").startswith(b"#"):
            self.comments.append(line.text.strip("# \t"))
            return
        try:
            line.check()
            self._read(line)
        except Unreadable as refused:
            self.refusals.append(Refusal(line.number, line.beginning, str(refused)))
        self.comments.clear()

    def _read(self, line: Line) -> None:
        text = line.text
        if not text.strip():
            return
        variable = variable_of(text)
        if variable is not None:
            self._set(line, *variable)
        else:
            self.proposals.append(self._proposal(line, text))

    def _set(self, line: Line, name: str, value: str) -> None:
        for problem in variable_problems("environment", {name: value}):
            raise Unreadable(f"{problem.text}; the lines below are read without it")
        if name in _TOLD and value not in ("", "0"):
            self.notes.append(Note(line.number, f"{name}: {_TOLD[name]}"))
        if _EXPANDED.search(value):
            text = f"{name}: the $ in it stays as it is, as cron does not expand it either"
            self.notes.append(Note(line.number, text))
        if name != "LOGNAME":
            self.variables[name] = value

    def _proposal(self, line: Line, text: str) -> Proposal:
        job = job_of(text, has_user=self.circumstances.has_users)
        expression, notes = expression_of(job.times, text)
        plan = Plan(
            timing=Timing.SCHEDULE, timezone=self._zone(), frequency=Frequency.CRON, cron=expression
        )
        _check_plan(plan, self.circumstances.now)
        notes += parse_cron(expression).cautions
        self._check_user(job)
        process = self._process(job)
        if job.is_quiet:
            notes.append("the - before it, which keeps it out of the system's log, is dropped")
        self.notes.extend(Note(line.number, note) for note in notes)
        request = RequestDraft(
            process=process.name,
            plan=plan,
            misfire=MisfirePolicy.ALL,
            misfire_limit=_made_up_for(expression),
        )
        return Proposal(place=line.number, text=line.beginning, process=process, request=request)

    def _process(self, job: Job) -> ProcessDraft:
        environment = {**_GIVEN, **self.variables}
        home = self.variables.get("HOME")
        if home is not None and not home.startswith("/"):
            raise Unreadable(f"HOME is {home!r}, which is no folder for cron: write it absolute")
        return ProcessDraft(
            name=name_of(program_of(job.command)),
            command=command_line(job.command, environment["SHELL"]),
            description=" ".join(_description(self.comments)),
            environment=environment,
            working_directory=home,
            overlap=Overlap.ALLOW,
        )

    def _zone(self) -> str:
        return self.variables.get("CRON_TZ", "").removeprefix(":") or self.circumstances.zone

    def _check_user(self, job: Job) -> None:
        user = self.circumstances.user
        if job.user not in (None, user):
            raise Unreadable(
                f"it runs as {job.user}, and you are {user}: import it as that user, into a"
                " database of theirs"
            )


def _made_up_for(expression: str) -> timedelta:
    return _MADE_UP_FOR_EVERY if parse_cron(expression).elapsed else _MADE_UP_FOR


def _check_plan(plan: Plan, now: datetime) -> None:
    if reasons := problems(plan, now):
        said = [f"CRON_TZ: {one.text}" if one.field == "timezone" else one.text for one in reasons]
        raise Unreadable("; ".join(said))


def _description(comments: list[str]) -> Iterator[str]:
    """The comments that are about the line below, not about the columns of the whole table."""
    last = max((place for place, text in enumerate(comments) if _COLUMNS.match(text)), default=-1)
    yield from filter(None, comments[last + 1 :])


def _file_notes(data: bytes) -> Iterator[Note]:
    """What is odd about the file as a whole."""
    if b"\r\n" in data:
        number = data[: data.index(b"\r\n")].count(b"\n") + 1
        text = "lines end in CR LF: the CR is dropped, which cron would give to the command"
        yield Note(number, text)
    if data and not data.endswith(b"\n"):
        yield Note(data.count(b"\n") + 1, "the last line has no line end: cron would not run it")

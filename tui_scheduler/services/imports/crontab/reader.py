"""A crontab, line after line, into proposals.

Cron lets runs of a command overlap. After a sleep it makes up for what was missed for a while:
longer for fixed times than for what begins with a star. So both are so here.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.receivers import Notifying
from tui_scheduler.schedules import Frequency, Plan, Timing, problems
from tui_scheduler.schedules.cron import parse_cron
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.imports.crontab.commands import (
    SHELL,
    command_line,
    is_cut,
    program_of,
)
from tui_scheduler.services.imports.crontab.comments import description_of
from tui_scheduler.services.imports.crontab.guards import (
    Machine,
    check_fields,
    check_no_user,
    check_user,
    names_user,
)
from tui_scheduler.services.imports.crontab.lines import Job, Line, job_of, lines_of, variable_of
from tui_scheduler.services.imports.crontab.mail import addresses_in, note_on, proposals_for
from tui_scheduler.services.imports.crontab.times import REBOOT, expression_of
from tui_scheduler.services.imports.naming import name_of
from tui_scheduler.services.imports.proposals import Note, ParsedJobs, Proposal, Refusal, Unreadable
from tui_scheduler.services.imports.spreads import spread_of
from tui_scheduler.services.parameters.variables import variable_problems
from tui_scheduler.wording import rounded_duration

_GIVEN = {"SHELL": SHELL, "PATH": "/usr/bin:/bin"}
"""What cron gives every command that the crontab does not say otherwise for."""

_SHOWN = 40  # characters of a command before its %
_MADE_UP_FOR = timedelta(hours=3)
_MADE_UP_FOR_EVERY = timedelta(minutes=5)
"""For how long cron makes up for fixed times, and for minutes or hours that begin with a star."""
CATCHING_UP = Note(
    "all lines",
    "what was missed is made up for as cron does after a sleep: fixed times for up to 3 hours, what"
    " begins with * for up to 5 minutes; here also when nobody has scheduled",
)
"""What is different of every line."""

_MINUTES = re.compile(r"[0-9]{1,6}")
_EXPANDED = re.compile(r"\$[A-Za-z_{]")
_TOLD = {
    "LOGNAME": "cron does not let it be changed, so it is passed over",
    "START_HOURS_RANGE": "nothing is kept to these hours: runs start on time",
    "PERSISTENT": "what is made up for is said for each request",
}
_OF_OPTIONS = {
    "-": "the - before it, which keeps it out of the system's log, is dropped",
    "n": "the option -n, mail only when it fails, is dropped: a receiver is told of nothing else",
    "q": "the option -q, which keeps it out of the system's log, is dropped",
    "s": "the option -s: a run that would overlap is skipped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a crontab does not say: the machine's zone, who reads it and when.

    ``has_users`` is true for a system crontab, whose lines name a user before the command.
    ``notifying`` says who is told of what fails.
    """

    zone: str
    user: str
    now: datetime
    has_users: bool = False
    machine: Machine = Machine()  # noqa: RUF009 - it is frozen
    notifying: Notifying = Notifying()  # noqa: RUF009 - it is frozen


def read_crontab(data: bytes, circumstances: Circumstances) -> ParsedJobs:
    """Every line as a proposal or a refusal, but for blank lines, comments and good variables."""
    reader = _Reader(circumstances, looks_like_system=_looks_like_system(data, circumstances))
    for line in lines_of(data):
        reader.read(line)
    notes = [*_file_notes(data), *reader.notes]
    return ParsedJobs(
        proposals=tuple(reader.proposals),
        refusals=tuple(reader.refusals),
        notes=tuple(notes),
        receivers=proposals_for(reader.mails, circumstances.notifying),
    )


@dataclass(slots=True)
class _Reader:
    """What holds at a line because of those above it, and what was found so far."""

    circumstances: Circumstances
    looks_like_system: bool
    variables: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    mails: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

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
        if name == "MAILTO" and value.strip():
            addresses = addresses_in(value)
            self.mails.append((line.number, addresses))
            self.notes.append(Note(line.number, note_on(addresses, self.circumstances.notifying)))
        if name == "RANDOM_DELAY" and value.strip() not in ("", "0"):
            self.notes.append(Note(line.number, f"{name}: {_note_on_delay(value)}"))
        if name in _TOLD and value not in ("", "0"):
            self.notes.append(Note(line.number, f"{name}: {_TOLD[name]}"))
        if _EXPANDED.search(value):
            text = f"{name}: the $ in it stays as it is, as cron does not expand it either"
            self.notes.append(Note(line.number, text))
        if name != "LOGNAME":
            self.variables[name] = value

    def _proposal(self, line: Line, text: str) -> Proposal:
        job = job_of(text, has_user=self.circumstances.has_users)
        check_fields(job)
        if self.looks_like_system:
            check_no_user(job, self.circumstances.machine, self._path)
        plan, notes = self._plan(job.times, text)
        _check_plan(plan, self.circumstances.now)
        plan = self._with_spread(plan, notes)
        check_user(job, self.circumstances.user, self.circumstances.machine, self._path)
        notes += [] if plan.cron is None else parse_cron(plan.cron).cautions
        process = self._process(job)
        notes += [_OF_OPTIONS[option] for option in job.options]
        if is_cut(job.command):
            beginning = program_of(job.command)[-_SHOWN:]
            notes.append(
                f"cron ends the command at its first %, after {beginning!r}, and gives it the rest"
                r" to read; write \% for the character itself"
            )
        self.notes.extend(Note(line.number, note) for note in notes)
        request = RequestDraft(
            process=process.name,
            plan=plan,
            misfire=MisfirePolicy.ALL,
            misfire_limit=None if plan.cron is None else _made_up_for(plan.cron),
        )
        return Proposal(place=line.number, text=line.beginning, process=process, request=request)

    def _plan(self, times: Sequence[str], text: str) -> tuple[Plan, list[str]]:
        """When a line is run, and what in that differs from its words."""
        if times[0] == REBOOT:
            return Plan(timing=Timing.BOOT, timezone=self._zone()), []
        expression, notes = expression_of(times, text)
        plan = Plan(
            timing=Timing.SCHEDULE, timezone=self._zone(), frequency=Frequency.CRON, cron=expression
        )
        return plan, notes

    def _with_spread(self, plan: Plan, notes: list[str]) -> Plan:
        """The plan with the delay of cronie, which it draws once, and not for what runs at boot."""
        asked = _delay_of(self.variables.get("RANDOM_DELAY", ""))
        if asked is None or plan.timing is not Timing.SCHEDULE:
            return plan
        spread = spread_of(plan, asked, self.circumstances.now)
        if spread is not None and spread < asked:
            notes.append(
                f"runs are {rounded_duration(spread)} apart, and come no more than that later"
            )
        return replace(plan, spread=spread)

    def _process(self, job: Job) -> ProcessDraft:
        environment = {**_GIVEN, **self.variables}
        home = self.variables.get("HOME")
        if home is not None and not home.startswith("/"):
            raise Unreadable(f"HOME is {home!r}, which is no folder for cron: write it absolute")
        return ProcessDraft(
            name=name_of(program_of(job.command)),
            command=command_line(job.command, environment["SHELL"]),
            description=description_of(self.comments),
            environment=environment,
            working_directory=home,
            overlap=Overlap.SKIP if "s" in job.options else Overlap.ALLOW,
        )

    @property
    def _path(self) -> str:
        return {**_GIVEN, **self.variables}["PATH"]

    def _zone(self) -> str:
        return self.variables.get("CRON_TZ", "").removeprefix(":") or self.circumstances.zone


def _delay_of(value: str) -> timedelta | None:
    """How much later ``RANDOM_DELAY`` lets lines come, in minutes; None if it says no number."""
    return timedelta(minutes=int(value)) if _MINUTES.fullmatch(value.strip()) else None


def _note_on_delay(value: str) -> str:
    asked = _delay_of(value)
    if asked is None:
        return f"{value!r} is no number of minutes, so nothing is delayed"
    return (
        f"runs come up to {rounded_duration(asked)} later, as with cronie: how much is drawn once"
        " for each line, and kept"
    )


def _made_up_for(expression: str) -> timedelta:
    return _MADE_UP_FOR_EVERY if parse_cron(expression).elapsed else _MADE_UP_FOR


def _check_plan(plan: Plan, now: datetime) -> None:
    if reasons := problems(plan, now):
        texts = [f"CRON_TZ: {one.text}" if one.field == "timezone" else one.text for one in reasons]
        raise Unreadable("; ".join(texts))


def _looks_like_system(data: bytes, circumstances: Circumstances) -> bool:
    """Whether some line names a user before its command, and nobody said that all do."""
    path = _GIVEN["PATH"]
    for line in () if circumstances.has_users else lines_of(data):
        with suppress(Unreadable):
            name, value = variable_of(line.text) or ("", "")
            path = value if name == "PATH" else path
            is_job = not name and not line.text.startswith("#")
            if is_job and names_user(
                job_of(line.text, has_user=False), circumstances.machine, path
            ):
                return True
    return False


def _file_notes(data: bytes) -> Iterator[Note]:
    """What is odd about the file as a whole."""
    if data.startswith(b"\xef\xbb\xbf"):
        yield Note(1, "the file begins with a byte order mark: cron would not read its first line")
    if b"\r\n" in data:
        number = data[: data.index(b"\r\n")].count(b"\n") + 1
        text = "lines end in CR LF: the CR is dropped, which cron would give to the command"
        yield Note(number, text)
    if data and not data.endswith(b"\n"):
        yield Note(data.count(b"\n") + 1, "the last line has no line end: cron would not run it")

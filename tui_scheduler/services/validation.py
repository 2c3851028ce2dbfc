"""What is refused at save, field by field, with the remedy."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tui_scheduler.clusters import refuse_odd_options, unknown_cluster, why_no_name
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.members import Members, names_of, twice_in_a_step
from tui_scheduler.models import Process, ProcessKind, rows
from tui_scheduler.receivers import EVERYBODY, NOBODY, Notifying
from tui_scheduler.schedules import Timing
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.chains import Links, circle_text, stored_links
from tui_scheduler.services.codecs import NAMES
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.logs.error_lines import DEFAULT, NONE
from tui_scheduler.services.parameters.declared import declared_by, owner_named
from tui_scheduler.services.parameters.parameters import (
    Parameter,
    declaration_problems,
    value_problems,
)
from tui_scheduler.services.parameters.python_targets import target_problems
from tui_scheduler.services.parameters.variables import text_problems, variable_problems
from tui_scheduler.text import is_visible, storable

NAME_LENGTH = 200
MOST_MEMBERS = 500
MOST_IN_A_ROW = 1000
MOST_ERROR_WORDS = 50
LONGEST_ERROR_WORD = 100
MOST_LOCKS = 20
LONGEST_LOCK = 64
_LOCK = re.compile(r"[A-Za-z0-9._-]+")
_WORDS = {
    NOBODY: "nobody (in a file: [])",
    EVERYBODY: "those of the configuration (in a file: leave notify out)",
}
_LONGEST = timedelta(days=3650)


def refuse(problems: list[Problem] | tuple[Problem, ...]) -> None:
    """Raise InvalidInput if there is any problem."""
    if problems:
        raise InvalidInput(problems)


def process_problems(
    draft: ProcessDraft, context: Context, own_id: int | None = None
) -> list[Problem]:
    """Every reason not to store ``draft``, as a new process or over the one with ``own_id``."""
    return [
        *_name_problems(draft.name, own_id),
        *process_content_problems(draft),
        *_cluster_problems(draft, context),
        *_notify_problems(draft, context.notifying, own_id),
    ]


def process_content_problems(draft: ProcessDraft) -> list[Problem]:
    """The reasons that lie in ``draft`` itself, and not in its name."""
    problems = [
        *_command_problems(draft),
        *text_problems("description", draft.description),
        *_folder_problems(draft.working_directory),
        *variable_problems("environment", draft.environment),
        *declaration_problems(draft.parameters),
    ]
    problems += _length_problems("timeout", draft.timeout)
    problems += _telling_problems(draft)
    problems += _error_word_problems(draft.error_words)
    problems += _lock_problems(draft.locks)
    if not 0 <= draft.retries <= 1000:
        problems.append(Problem("retries", "must be a whole number from 0 to 1000"))
    if not timedelta() <= draft.retry_delay <= _LONGEST:
        problems.append(Problem("retry_delay", "must be from 0s to 3650d"))
    return problems


def group_problems(
    draft: GroupDraft,
    notifying: Notifying,
    own_id: int | None = None,
    links: Links | None = None,
) -> list[Problem]:
    """Every reason not to store ``draft``, as a new group or over the one with ``own_id``.

    ``links`` are those that will be; None stands for those that are stored.
    """
    problems = [
        *_name_problems(draft.name, own_id),
        *text_problems("description", draft.description),
        *_telling_problems(draft),
        *_notify_problems(draft, notifying, own_id),
    ]
    problems += step_problems(draft.members)
    names = names_of(draft.members)
    named = Process.select(Process.name, Process.kind).where(
        Process.name.in_([storable(name) for name in set(names)])
    )
    kinds = dict(rows(named))
    for name in dict.fromkeys(names):
        if name not in kinds:
            problems.append(Problem("members", f"there is no process {name!r}: add it first"))
        elif kinds[name] is ProcessKind.GROUP:
            problems.append(Problem("members", f"{name!r} is a group: name the processes it runs"))
    return problems or [*_member_circles(draft, own_id, links)]


def step_problems(members: Members) -> list[Problem]:
    """The reasons that lie in the steps of a group, whatever its members are."""
    problems = [
        Problem("members", f"{name!r} stands twice in one step: give each a step of its own")
        for name in twice_in_a_step(members)
    ]
    if len(names_of(members)) > MOST_MEMBERS:
        problems.append(Problem("members", f"are more than {MOST_MEMBERS}: make several groups"))
    return problems


def request_problems(
    draft: RequestDraft, now: datetime, own_id: int | None = None, links: Links | None = None
) -> list[Problem]:
    """Every reason not to store ``draft``, as a new request or over the one with ``own_id``.

    Plans are judged as of ``now``; ``links`` are those that will be, None stands for those that are
    stored.
    """
    return [
        *_owner_problems(draft.process),
        *request_content_problems(draft, declared_by(draft.process), now),
        *_followed_problems(draft, own_id, links),
    ]


def request_content_problems(
    draft: RequestDraft, declared: Sequence[Parameter], now: datetime
) -> list[Problem]:
    """The reasons that lie in ``draft`` itself, for a process that declares these parameters."""
    from tui_scheduler.schedules import problems as plan_problems  # slow, and of requests alone

    return [
        *text_problems("description", draft.description),
        *variable_problems("parameters", draft.parameters),
        *value_problems(declared, draft.parameters),
        *_length_problems("misfire_limit", draft.misfire_limit),
        *_length_problems("silent_after", draft.silent_after),
        *plan_problems(resolved(draft.plan), now),
    ]


def parameter_problems(process: str, given: Mapping[str, str]) -> list[Problem]:
    """Why a run of ``process`` (or of a group) cannot be given these parameters."""
    return [
        *variable_problems("parameters", given),
        *value_problems(declared_by(process), given),
    ]


def _length_problems(field: str, length: timedelta | None) -> list[Problem]:
    if length is None or timedelta() < length <= _LONGEST:
        return []
    return [Problem(field, "must be longer than 0 and at most 3650d, or none")]


def _error_word_problems(words: Sequence[str] | None) -> list[Problem]:
    """What is wrong with the words that stand for the error lines of a log."""
    if not words:
        return []
    if len(words) > MOST_ERROR_WORDS:
        return [Problem("error_words", f"must be at most {MOST_ERROR_WORDS} words")]
    for word in words:
        if not word.strip() or not word.isprintable():
            return [Problem("error_words", f"{word!r} tells no line from others: write what does")]
        if len(word) > LONGEST_ERROR_WORD:
            return [Problem("error_words", f"must be at most {LONGEST_ERROR_WORD} letters each")]
        if word.strip().lower() in (DEFAULT, NONE):
            return [
                Problem("error_words", f"{word!r} stands alone, and in a file is left out or []")
            ]
    return []


def _lock_problems(names: Sequence[str]) -> list[Problem]:
    """What is wrong with the names of the locks."""
    if len(names) > MOST_LOCKS:
        return [Problem("locks", f"are more than {MOST_LOCKS}: let one stand for several")]
    for name in names:
        if len(name) > LONGEST_LOCK:
            return [Problem("locks", f"must have at most {LONGEST_LOCK} characters each")]
        if not _LOCK.fullmatch(name):
            return [Problem("locks", f"{name!r} is no name: use letters, digits, - _ and .")]
        if name.lower() == NOBODY:
            return [Problem("locks", f"{name!r} stands alone, for no lock (in a file: [])")]
    return []


def _telling_problems(draft: ProcessDraft | GroupDraft) -> list[Problem]:
    """What is wrong with when somebody is told."""
    problems = []
    if not 1 <= draft.notify_after <= MOST_IN_A_ROW:
        problems.append(
            Problem("notify_after", f"must be a whole number from 1 to {MOST_IN_A_ROW}")
        )
    if draft.slow_after is not None and not timedelta() <= draft.slow_after <= _LONGEST:
        problems.append(Problem("slow_after", "must be at most 3650d, or usual, or never"))
    return problems


def _notify_problems(
    draft: ProcessDraft | GroupDraft, notifying: Notifying, own_id: int | None
) -> list[Problem]:
    """Which names are no receivers; one that was stored already need not be there any more."""
    named = dict.fromkeys(draft.notify or ())
    unknown = [name for name in named if name not in notifying.receivers]
    stored = _names_stored(own_id) if unknown else set()
    return [
        Problem("notify", _unknown_receiver(name, notifying.receivers))
        for name in unknown
        if name not in stored
    ]


def _names_stored(own_id: int | None) -> set[str]:
    stored = Process.select(Process.notify).where(Process.id == own_id).scalar()
    return set(NAMES.view(stored)) if stored else set()


def _unknown_receiver(name: str, known: Iterable[str]) -> str:
    if name in _WORDS:
        return f"{name!r} is no receiver: it stands alone, for {_WORDS[name]}"
    others = f"use {' or '.join(known)}, or " if known else ""
    return f"there is no receiver {name!r}: {others}add [receiver.{name}] to the configuration file"


def _cluster_problems(draft: ProcessDraft, context: Context) -> list[Problem]:
    """What is wrong with where its runs are handed to, and with what options.

    A process that is not active may keep a cluster that is gone, as nothing of it runs.
    """
    name, options = draft.runs_on, draft.cluster_options
    if name is None:
        text = "are for a cluster: choose one, or remove them"
        return [Problem("cluster_options", text)] if options else []
    problems = []
    if why := why_no_name(name):
        problems.append(Problem("runs_on", why))
    elif draft.active and name not in context.clusters:
        problems.append(Problem("runs_on", unknown_cluster(name, context.clusters, context.config)))
    try:
        refuse_odd_options(options)
    except ValueError as error:
        problems.append(Problem("cluster_options", str(error)))
    return problems


def _owner_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("process", "is missing: choose the process or the group to run")]
    if owner_named(name) is None:
        return [Problem("process", f"there is no process {name!r}: add it first")]
    return []


def _followed_problems(
    draft: RequestDraft, own_id: int | None, links: Links | None
) -> list[Problem]:
    """What is wrong with whose end is awaited."""
    followed = draft.plan.follows
    if draft.plan.timing is not Timing.AFTER or not followed:
        return []
    if owner_named(followed) is None:
        return [Problem("follows", nobody_to_follow(followed))]
    if links is None:
        links = stored_links(without=own_id)
    circle = links.circle_by(draft.process, followed)
    return [Problem("follows", circle_text(circle))] if circle else []


def nobody_to_follow(name: str) -> str:
    """Returns what is wrong with waiting for the end of something that is not there."""
    return f"there is no process or group {name!r}: add it first, or name another one"


def _member_circles(
    draft: GroupDraft, own_id: int | None, links: Links | None
) -> Iterator[Problem]:
    """What is wrong with members whose ends lead to a run of the group again."""
    name = Process.select(Process.name).where(Process.id == own_id).scalar()
    if name is None or not draft.members:
        return
    if links is None:
        links = stored_links(members={name: names_of(draft.members)})
    for member in dict.fromkeys(names_of(draft.members)):
        if circle := links.circle_by(member, name):
            yield Problem("members", circle_text(circle))
            return


def _name_problems(name: str, own_id: int | None) -> list[Problem]:
    if problems := wording_problems(name):
        return problems
    same = owner_named(name)
    if same is not None and same[0] != own_id:
        return [Problem("name", f"{name!r} is taken: choose another one")]
    return []


def wording_problems(name: str) -> list[Problem]:
    """What is wrong with the words of ``name``, whoever else has it."""
    if not name.strip():
        return [Problem("name", "is missing: give it a name")]
    if name != name.strip():
        return [Problem("name", "begins or ends with a space: remove it")]
    if len(name) > NAME_LENGTH:
        return [Problem("name", f"is longer than {NAME_LENGTH} characters: shorten it")]
    if len(name.splitlines()) > 1:
        return [Problem("name", "holds a line break: use a single line")]
    if problems := text_problems("name", name):
        return problems
    return [] if is_visible(name) else [Problem("name", "cannot be seen: use visible characters")]


def _command_problems(draft: ProcessDraft) -> list[Problem]:
    if draft.kind is ProcessKind.GROUP:
        return [Problem("kind", "must be command or python: a group is made among the groups")]
    if draft.kind is ProcessKind.PYTHON:
        return target_problems(draft.command, draft.python)
    if not draft.command.strip():
        return [Problem("command", "is missing: give a shell command, for example: date")]
    return text_problems("command", draft.command)


def _folder_problems(folder: str | None) -> list[Problem]:
    if folder is None:
        return []
    if problems := text_problems("working_directory", folder):
        return problems
    if not folder.startswith(("/", "~")):
        return [Problem("working_directory", f"{folder!r} is not absolute: begin with / or ~")]
    return []

"""Random definitions, valid all of them, and short ways to move them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.schedules.words.sentences import once, recurring
from tests.support.texts import ANY_CHARACTER
from tui_scheduler.members import members_of
from tui_scheduler.models import GroupMember, MisfirePolicy, Overlap, Process, ProcessKind, Request
from tui_scheduler.schedules import first_fire
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import ApplyPlan, apply, export, plan_apply
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.text import is_visible

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0•")
    | st.sampled_from("\r\n\t\"'\\#=[]\x1b\x7f\x85\u2028\u202e"),
    max_size=20,
)
NAMES = TEXTS.map(lambda text: "".join(text.split())).filter(is_visible)
VARIABLES = st.dictionaries(
    st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True, alphabet=ANY_CHARACTER),
    TEXTS,
    max_size=3,
)
DURATIONS = st.timedeltas(timedelta(microseconds=1), timedelta(days=3000))
OVERLAPS = st.sampled_from(Overlap)


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    """A declaration without demands, so that every request fits it."""
    return Parameter(
        name=name,
        type=draw(st.sampled_from([ParameterType.TEXT, ParameterType.SECRET])),
        default=draw(st.none() | TEXTS),
        description=draw(TEXTS),
    )


@st.composite
def processes(draw: st.DrawFn, name: str) -> ProcessDraft:
    kind = draw(st.sampled_from([ProcessKind.COMMAND, ProcessKind.PYTHON]))
    is_python = kind is ProcessKind.PYTHON
    return ProcessDraft(
        name=name,
        kind=kind,
        command="jobs.daily:main" if is_python else "true #" + draw(TEXTS),
        python=draw(st.none() | st.just("~/venv")) if is_python else None,
        description=draw(TEXTS),
        parameters=tuple(draw(parameters(name)) for name in draw(st.sets(st.sampled_from("ABC")))),
        working_directory=draw(st.none() | TEXTS.map(lambda text: "/" + text)),
        environment=draw(VARIABLES),
        timeout=draw(st.none() | DURATIONS),
        overlap=draw(OVERLAPS),
        retries=draw(st.integers(0, 5)),
        retry_delay=draw(DURATIONS),
        active=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[ProcessDraft], list[GroupDraft], list[RequestDraft]]:
    names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    members = names[:-1]
    steps = st.lists(st.sampled_from(members), min_size=1, max_size=3, unique=True)
    groups = [
        GroupDraft(
            name=names[-1],
            description=draw(TEXTS),
            members=members_of(draw(st.lists(steps, max_size=4))),
            stop_on_failure=draw(st.booleans()),
            overlap=draw(OVERLAPS),
        )
    ]
    requests = st.builds(
        RequestDraft,
        process=st.sampled_from(names),
        plan=once() | recurring(by_cron=False) | recurring(by_cron=True),
        description=TEXTS,
        parameters=VARIABLES,
        misfire=st.sampled_from(MisfirePolicy),
        misfire_limit=st.none() | st.integers(1, 90 * 86400).map(lambda s: timedelta(seconds=s)),
    )
    return [draw(processes(name)) for name in members], groups, draw(st.lists(requests, max_size=4))


def fill(services: Services, world: tuple[Any, Any, Any], *, is_scheduled: bool) -> None:
    """Store a world, each request that is valid, and schedule those that can be."""
    processes, groups, requests = world
    for process in processes:
        services.processes.create(process)
    for group in groups:
        services.groups.create(group)
    now = services.context.clock.now()
    for request in requests:
        if services.requests.problems(request):
            continue
        stored = services.requests.create(request)
        can_run = request.process not in {draft.name for draft in processes if not draft.active}
        can_run &= request.process not in {draft.name for draft in groups if not draft.members}
        if is_scheduled and can_run and first_fire(request.plan, now):
            services.requests.schedule(stored.id)


def wipe() -> None:
    """Remove everything that is defined."""
    for table in (GroupMember, Request, Process):
        table.delete().execute()


def planned(services: Services, text: str, *, is_kept: bool = False) -> ApplyPlan:
    return plan_apply(services, text.encode(), is_kept=is_kept)


def applied(services: Services, text: str, *, is_kept: bool = False) -> list[str]:
    """Apply a file; what was done, as words."""
    plan = planned(services, text, is_kept=is_kept)
    apply(services, plan)
    return changes_in(plan)


def changes_in(plan: ApplyPlan) -> list[str]:
    changes = []
    for item in plan.comparison.differences:
        names = ", ".join(change.field for change in item.fields)
        changes.append(f"{item.act} {item.kind} {item.name}" + (f": {names}" if names else ""))
    return changes


def exported() -> str:
    return export(has_secrets=True)


def edited(text: str, changes: Mapping[str, str]) -> str:
    """A file in which each of some texts, which stands in it, became another."""
    for old, new in changes.items():
        assert old in text, text
        text = text.replace(old, new)
    return text

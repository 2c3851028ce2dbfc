"""What a shell offers for names and numbers of what is stored.

Asked at every press of tab: nothing is made, migrated or waited for, and whatever goes wrong
means only that nothing is offered.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import click

from tui_scheduler.cli.printing.layout import clipped
from tui_scheduler.clusters import HERE, THIS_MACHINE
from tui_scheduler.members import JOINER
from tui_scheduler.text import plain
from tui_scheduler.wording import RUN_STATUSES, plural

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui_scheduler.cli.session import Session
    from tui_scheduler.services import Services
    from tui_scheduler.services.views.runs import RunView

Offer: TypeAlias = tuple[str, str]
"""A word, and what is shown beside it."""
Suggestions: TypeAlias = "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]"

_MOST = 100
_WIDEST = 60  # cells of what is shown beside a word


def _suggestions(find: "Callable[[Services, str], Iterable[Offer]]") -> Suggestions:
    """Returns what ``find`` offers for a word that was begun, as click asks for it."""

    def suggest(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        offers: list[Offer] = []
        with suppress(Exception):
            offers = _offers(ctx, find, incomplete)
        is_option = isinstance(param, click.Option)
        return [
            _item(word, about)
            for word, about in offers
            if word.isprintable() and (is_option or not word.startswith("-"))
        ]

    return suggest


def _offers(
    ctx: click.Context, find: "Callable[[Services, str], Iterable[Offer]]", begun: str
) -> list[Offer]:
    from tui_scheduler.models.maintenance import open_for_reading
    from tui_scheduler.services import services_on
    from tui_scheduler.services.context import Context

    options = ctx.find_root().params
    if options["demo"]:
        return []
    session = _session(ctx)
    context = Context(log_folder=session.settings.log_folder, actor=session.actor)
    with open_for_reading(session.settings.database, busy_timeout=0):
        return list(find(services_on(context), begun))


def _session(ctx: click.Context) -> "Session":
    from tui_scheduler.cli.session import Session

    return Session.of(ctx.find_root().params)


def _item(word: str, about: str) -> "CompletionItem[str]":
    from click.shell_completion import CompletionItem

    return CompletionItem(word, help=clipped(plain(about), _WIDEST) or None)


def _process_names(services: "Services", begun: str) -> Iterable[Offer]:
    for view in services.processes.beginning(begun, _MOST):
        yield view.name, view.description


def _member_names(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns processes, also to be joined to what was named before."""
    yield from _process_names(services, begun)
    before, joiner, last = begun.rpartition(JOINER)
    if joiner:
        for name, about in _process_names(services, last):
            yield before + joiner + name, about


def _group_names(services: "Services", begun: str) -> Iterable[Offer]:
    return [(name, "") for name in services.groups.names() if name.startswith(begun)]


def _owner_names(services: "Services", begun: str) -> Iterable[Offer]:
    yield from _process_names(services, begun)
    yield from _group_names(services, begun)


def _requests(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns numbers, and the names that mean one."""
    from tui_scheduler.services.queries.references import names_of_requests

    for view in services.requests.beginning(begun, _MOST):
        description = f" ({view.description})" if view.description else ""
        yield str(view.id), f"{view.process}: {view.schedule_text}{description}"
    for name, request_id in names_of_requests(begun, _MOST):
        yield name, f"request {request_id}"


def _paused_requests(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns the paused ones only, by number and by name: no other can be resumed."""
    views = services.requests.paused(_MOST)
    named = Counter(view.process for view in services.requests.all())
    offers = [(str(view.id), f"{view.process}: {view.schedule_text}") for view in views]
    offers += [(view.process, f"request {view.id}") for view in views if named[view.process] == 1]
    return [offer for offer in offers if offer[0].startswith(begun)]


def _newest_runs(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns numbers, and names, which mean the newest one."""
    from tui_scheduler.services.queries.references import names_of_runs

    yield from map(_run, services.runs.beginning(begun, _MOST))
    for name, run_id in names_of_runs(begun, _MOST):
        yield name, f"run {run_id}"


def _open_runs(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns the open ones only, by number and by name: no other can be stopped."""
    views = services.runs.open()
    named = Counter(view.process for view in views)
    single = [(view.process, f"run {view.id}") for view in views if named[view.process] == 1]
    offers = [*map(_run, views), *single]
    return [offer for offer in offers if offer[0].startswith(begun)]


def _run(view: "RunView") -> Offer:
    return str(view.id), f"{view.process}: {RUN_STATUSES[view.state].word}"


def _places(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns where runs are now that wait or run."""
    there = Counter(view.place for view in services.runs.open() if view.place.startswith(begun))
    return [(place, plural(number, "open run")) for place, number in sorted(there.items()) if place]


def places(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the clusters of the configuration, this machine, and where runs are now."""
    words = {HERE: "this machine"}
    with suppress(Exception):
        words |= {name: each.engine for name, each in _session(ctx).settings.clusters.items()}
    with suppress(Exception):
        words |= dict(_offers(ctx, _places, incomplete))
    return [_item(word, about) for word, about in words.items() if word.startswith(incomplete)]


def _locks(services: "Services", begun: str) -> Iterable[Offer]:
    """Returns the locks that processes have, with those, and the word that takes them away."""
    owners: dict[str, list[str]] = {}
    for view in services.processes.all():
        for name in view.locks:
            owners.setdefault(name, []).append(view.name)
    offers = [(name, ", ".join(names)) for name, names in sorted(owners.items())]
    return [offer for offer in (*offers, ("none", "no lock")) if offer[0].startswith(begun)]


member_names = _suggestions(_member_names)
process_names = _suggestions(_process_names)
group_names = _suggestions(_group_names)
owner_names = _suggestions(_owner_names)
requests = _suggestions(_requests)
paused_requests = _suggestions(_paused_requests)
newest_runs = _suggestions(_newest_runs)
open_runs = _suggestions(_open_runs)
locks_or_none = _suggestions(_locks)


def receivers(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the receivers of the configuration; of their addresses only the host is shown."""
    with suppress(Exception):
        return [
            _item(receiver.name, receiver.title().removeprefix(receiver.name).strip(" ()"))
            for receiver in _session(ctx).settings.notifying.receivers.values()
            if receiver.name.startswith(incomplete)
        ]
    return []


def receivers_or_none(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the receivers, and the words that stand for nobody and for the default."""
    words = [("none", "nobody"), ("default", "those that the configuration names")]
    offered = [_item(word, about) for word, about in words if word.startswith(incomplete)]
    return receivers(ctx, param, incomplete) + offered


def clusters_or_none(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the clusters of the configuration, and the word that stands for this machine."""
    offers = []
    with suppress(Exception):
        offers = [(each.name, each.engine) for each in _session(ctx).settings.clusters.values()]
    offers.append((THIS_MACHINE, "this machine"))
    return [_item(name, about) for name, about in offers if name.startswith(incomplete)]


def calendars(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the calendars of the configuration, behind what is left out already."""
    before, comma, begun = incomplete.rpartition(",")
    with suppress(Exception):
        known = _session(ctx).settings.calendars.values()
        return [
            _item(f"{before}{comma}{each.name}", each.holidays or plural(len(each.dates), "date"))
            for each in known
            if each.name.startswith(begun) and each.name not in before.split(",")
        ]
    return []


def topics(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns the topics of the manual, and the commands; nothing behind the first of them."""
    from tui_scheduler.manual import TOPICS

    if ctx.params.get("words"):
        return []
    commands = {command.value: command.help or "" for command in _commands(ctx, incomplete)}
    offers = commands | TOPICS
    return [_item(word, about) for word, about in offers.items() if word.startswith(incomplete)]


def _commands(ctx: click.Context, incomplete: str) -> "Iterable[CompletionItem[str]]":
    root = ctx.find_root()
    words = root.command.shell_complete(root, incomplete)
    return [word for word in words if not word.value.startswith("-")]


def files(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns whatever files the shell finds."""
    return _paths(incomplete, "file")


def folders(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Returns whatever folders the shell finds."""
    return _paths(incomplete, "dir")


def _paths(incomplete: str, kind: str) -> "list[CompletionItem[str]]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type=kind)]

"""Whatever is typed: an answer in words, an exit code that is documented, and a whole database."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chaos.fuzz import cron_words, words
from tests.support.clock import NOON
from tui_scheduler.cli import main
from tui_scheduler.cli.root import root
from tui_scheduler.errors import ExitCode, InvalidInput
from tui_scheduler.models import ProcessKind
from tui_scheduler.schedules import Frequency, Plan, Timing, next_fire, summary
from tui_scheduler.schedules.cron import CronError, parse_cron
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.processes import form_values as process_values
from tui_scheduler.tui.screens.requests import form_values as request_values

_WAITING = {"serve", "web", "log", "kill"}  # may wait for what never comes
_EASY = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_MORE = settings(_EASY, max_examples=400)


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        subcommand = group.get_command(context, name)
        if isinstance(subcommand, click.Group):
            yield from _commands(subcommand, (*path, name))
        elif name not in _WAITING:
            yield (*path, name)


def _command(path: tuple[str, ...]) -> click.Command:
    command: click.Command | None = root
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    return command


@cache
def _arguments(path: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Some of the options and all arguments of a command, with words of any sort.

    Whoever follows something waits for a key, so that is left out.
    """
    parameters = [given for given in _command(path).params if given.name != "follow"]
    parts = [st.just(list(path)), *map(_part, parameters)]
    return st.tuples(*parts).map(lambda lists: [word for part in lists for word in part])


def _part(parameter: click.Parameter) -> st.SearchStrategy[list[str]]:
    if isinstance(parameter, click.Argument):
        return st.lists(words, min_size=1, max_size=1)
    option = st.just(parameter.opts[0])
    is_flag = isinstance(parameter, click.Option) and parameter.is_flag
    typed = st.tuples(option) if is_flag else st.tuples(option, words)
    return st.one_of(st.just([]), typed.map(list))


@pytest.fixture
def _at_home(new_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(new_database))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO()))  # what - reads
    main(["process", "add", "backup", "--command", "true"])
    main(["request", "add", "--process", "backup", "--timing", "immediate"])


@pytest.fixture
def sound() -> set[bytes]:
    """Which contents of the database were looked at and are whole: most lines change nothing."""
    return set()


@pytest.mark.usefixtures("_at_home")
@pytest.mark.parametrize("path", list(_commands(root)), ids=" ".join)
@_EASY
@given(data=st.data())
def test_every_option_of_every_command(
    path: tuple[str, ...],
    database_file: Path,
    sound: set[bytes],
    capfd: pytest.CaptureFixture[str],
    data: st.DataObject,
) -> None:
    arguments = data.draw(_arguments(path))
    code = main(arguments)
    captured = capfd.readouterr()
    assert code in set(ExitCode), captured.err
    assert "Something unexpected" not in captured.err
    assert "Traceback" not in captured.out + captured.err
    assert "\x1b" not in captured.out + captured.err
    files = [database_file, database_file.with_name(f"{database_file.name}-wal")]
    content = b"".join(file.read_bytes() for file in files if file.exists())
    if content not in sound:
        with closing(sqlite3.connect(database_file)) as other:
            assert other.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        sound.add(content)


def _filled(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """Words for some of the fields that one types into."""
    names = [field.name for field in fields(kind) if field.type in ("str", str)]
    return st.dictionaries(st.sampled_from(names), words)


@_MORE
@given(kind=st.sampled_from(ProcessKind), filled=_filled(process_values.ProcessValues))
def test_every_field_of_a_process(
    services: Services, kind: ProcessKind, filled: dict[str, Any]
) -> None:
    sound = process_values.ProcessValues(name="backup", kind=kind, command="true", target="a:b")
    reading = process_values.read(replace(sound, **filled))
    problems = [*reading.problems, *services.processes.problems(reading.draft)]
    assert all(problem.field and problem.text for problem in problems)
    with suppress(InvalidInput):
        made = services.processes.create(reading.draft)
        assert made.name == reading.draft.name
        services.processes.remove_step(made.id)


@_MORE
@given(filled=_filled(request_values.RequestValues), data=st.data())
def test_every_field_of_a_request(
    services: Services, filled: dict[str, Any], data: st.DataObject
) -> None:
    sound = request_values.RequestValues(
        timezone="UTC",
        timing=data.draw(st.sampled_from(list(Timing))),
        frequency=data.draw(st.sampled_from(list(Frequency))),
    )
    reading = request_values.read(replace(sound, **filled), NOON)
    problems = [*reading.problems, *services.requests.problems(reading.draft)]
    assert all(problem.field and problem.text for problem in problems)
    assert summary(reading.draft.plan)


@settings(_EASY, max_examples=1000)
@given(expression=st.one_of(cron_words, words))
def test_every_cron_expression(expression: str) -> None:
    try:
        parse_cron(expression)
    except CronError:
        return
    now = datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC)
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone="Europe/Madrid",
        frequency=Frequency.CRON,
        cron=expression,
    )
    fire = next_fire(plan, now)
    assert fire is None or fire > now
    assert summary(plan)

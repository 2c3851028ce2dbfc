"""What a command is given arrives byte for byte, and no shell ever reads it as code."""

from pathlib import Path

import pytest

from tests.engine.harness import Engine, log_of
from tests.services.parameters.samples import declared
from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import RunStatus

HOSTILE = [
    "$(touch oops)",
    "`touch oops`",
    "'; touch oops; '",
    '"; touch oops; "',
    "a\nb\r\n\n",
    " -n --help \t ",
    "\\n\\0 %s %n ${HOME} * ? ~ !! # |&;<>",
    "\x1b[31m\x07\x7f\x9b",
    "ü 漢字 😀",
    "",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value[:12]))
async def test_any_text_arrives_as_it_is(engine: Engine, tmp_path: Path, value: str) -> None:
    run = await engine.run(
        'printf %s "$GIVEN" && printf %s "$UNDECLARED" >&2',
        declared=declared("GIVEN # by the request"),
        parameters={"GIVEN": value, "UNDECLARED": value},
        working_directory=str(tmp_path),
    )
    assert (run.status, log_of(run)) == (RunStatus.SUCCESS, value.encode() * 2)
    assert not (tmp_path / "oops").exists()


async def test_it_stands_in_no_command_line(engine: Engine) -> None:
    run = await engine.run(
        "ps -o args= -p $$; ps -o args= -p $PPID; printf %s $GIVEN",
        parameters={"GIVEN": "hunter2"},
    )
    assert log_of(run).count(b"hunter2") == 1


async def test_what_is_declared_is_filled_in(engine: Engine) -> None:
    run = await engine.run(
        'echo "$DAY $LEVEL $MODE"',
        declared=declared("DAY: date = yesterday", "LEVEL: number = 3", "MODE {fast|full}"),
        parameters={"MODE": "full", "LEVEL": "7"},
    )
    assert log_of(run) == b"2026-03-01 7 full\n"


def test_nul_is_refused_as_no_process_can_be_given_it(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="the value of GIVEN holds a NUL character: remove it"):
        engine.schedule("true", parameters={"GIVEN": "a\0b"})


async def test_more_than_the_system_takes_fails_the_run_with_the_reason(engine: Engine) -> None:
    values = {f"GIVEN_{number}": "x" * 100_000 for number in range(65)}  # Linux takes 6 MB at most
    run = await engine.run("true", parameters=values)
    assert run.status is RunStatus.ERROR
    assert "could not start it: Argument list too long" in run.note

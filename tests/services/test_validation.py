"""What is refused at save: at which field, and with which remedy."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import IMMEDIATE, a_process, every, minutely, process_draft, wall
from tui_scheduler.errors import ExitCode, InvalidInput
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft

NAME_REMEDY = "use letters, digits and _, no digit first"


def process_problems(services: Services, **fields: Any) -> list[str]:
    return list(map(str, services.processes.problems(process_draft(**fields))))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "name: is missing: give it a name"),
        ({"name": "  "}, "name: is missing: give it a name"),
        ({"name": " a"}, "name: begins or ends with a space: remove it"),
        ({"name": "a\n"}, "name: begins or ends with a space: remove it"),
        ({"name": "a\nb"}, "name: holds a line break: use a single line"),
        ({"name": "a" * 201}, "name: is longer than 200 characters: shorten it"),
        ({"name": "a\0b"}, "name: holds a NUL character: remove it"),
        ({"name": "\udcff"}, "name: is not valid UTF-8: retype it"),
        ({"name": "\u200b"}, "name: cannot be seen: use visible characters"),
        ({"name": "\u3164\u2800"}, "name: cannot be seen: use visible characters"),
        ({"name": "\u0301"}, "name: cannot be seen: use visible characters"),
        ({"name": "taken"}, "name: 'taken' is taken: choose another one"),
        ({"command": ""}, "command: is missing: give a shell command, for example: date"),
        ({"command": "a\0b"}, "command: holds a NUL character: remove it"),
        ({"command": "é" * 50_001}, "command: is longer than 100000 bytes: move it into a file"),
        ({"description": "\udcff"}, "description: is not valid UTF-8: retype it"),
        (
            {"working_directory": "here"},
            "working_directory: 'here' is not absolute: begin with / or ~",
        ),
        ({"working_directory": ""}, "working_directory: '' is not absolute: begin with / or ~"),
        ({"working_directory": "/a\0"}, "working_directory: holds a NUL character: remove it"),
        (
            {"environment": {"1A": ""}},
            "environment: '1A' cannot be a variable's name: " + NAME_REMEDY,
        ),
        (
            {"environment": {"TUI_SCHEDULER_RUN": ""}},
            "environment: TUI_SCHEDULER_RUN is set by tui-scheduler itself: choose another name",
        ),
        (
            {"environment": {"A": "a\0"}},
            "environment: the value of A holds a NUL character: remove it",
        ),
        (
            {"environment": {"A": "\udcff"}},
            "environment: the value of A is not valid UTF-8: retype it",
        ),
        (
            {"timeout": timedelta()},
            "timeout: must be longer than 0 and at most 3650d, or none",
        ),
        (
            {"timeout": timedelta(days=3651)},
            "timeout: must be longer than 0 and at most 3650d, or none",
        ),
        ({"retries": -1}, "retries: must be a whole number from 0 to 1000"),
        ({"retries": 1001}, "retries: must be a whole number from 0 to 1000"),
        ({"retry_delay": timedelta(seconds=-1)}, "retry_delay: must be from 0s to 3650d"),
    ],
)
def test_a_process_is_refused_with_the_remedy(
    services: Services, fields: dict[str, Any], problem: str
) -> None:
    a_process(services, "taken")
    assert process_problems(services, **fields) == [problem]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "it's [a] 100% <ñ> test"},
        {"name": "a" * 200},
        {"name": "日"},
        {"name": "-"},
        {"name": "👩🏽\u200d🚀"},
        {"name": "\ue0b0"},
        {"command": "printf 'a\\n'\nsleep 1"},
        {"command": "x" * 100_000},
        {"working_directory": "~"},
        {"working_directory": "~nobody/there"},
        {"environment": {"_": "", "a1": "x=y\n"}},
        {"timeout": timedelta(microseconds=1)},
        {"retries": 1000, "retry_delay": timedelta()},
    ],
    ids=", ".join,
)
def test_what_is_unusual_is_not_refused(services: Services, fields: dict[str, Any]) -> None:
    assert process_problems(services, **fields) == []
    services.processes.create(process_draft(**fields))


def test_all_problems_are_told_at_once(services: Services) -> None:
    fields = [
        problem.split(":")[0]
        for problem in process_problems(
            services, name="", command="", description="\0", working_directory="x", retries=-1
        )
    ]
    assert fields == ["name", "command", "description", "working_directory", "retries"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"process": ""}, ["process"]),
        ({"process": "nobody"}, ["process"]),
        ({"process": "\udcff"}, ["process"]),
        ({"description": "\0"}, ["description"]),
        ({"parameters": {"A B": "1"}}, ["parameters"]),
        ({"plan": replace(IMMEDIATE, timezone="\udcff")}, ["timezone"]),
        ({"plan": minutely(interval=0)}, ["interval"]),
        (
            {"plan": minutely(start=wall("2026-03-05T00:00"), finish=wall("2026-03-04T00:00"))},
            ["finish"],
        ),
        ({"plan": every(Frequency.CRON, cron="\udcff * * * *")}, ["cron"]),
        ({"plan": every(Frequency.WEEKLY)}, ["days"]),
    ],
    ids=str,
)
def test_a_request_is_refused_at_the_field(
    services: Services, changes: dict[str, Any], fields: list[str]
) -> None:
    a_process(services)
    draft = replace(RequestDraft(process="backup", plan=IMMEDIATE), **changes)
    problems = services.requests.problems(draft)
    assert [problem.field for problem in problems] == fields
    assert all(len(problem.text) > 10 for problem in problems)
    with pytest.raises(InvalidInput) as refused:
        services.requests.create(draft)
    assert refused.value.exit_code is ExitCode.USAGE
    assert refused.value.problems == tuple(problems)
    assert str(refused.value).encode("utf-8", "strict")

"""All that is wrong with a file is told at once, each with its place, and nothing is changed."""

import pytest

from tests.services.definitions.worlds import applied
from tests.services.drafts import a_process
from tests.services.groups import a_group
from tui_scheduler.errors import InvalidInput
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import plan_apply
from tui_scheduler.services.definitions.document import LARGEST

WRONG = """\
format = 1
jobs = 3
[process.backup]
retrys = 3
timeout = "soon"
[process.report]
command = 7
[process.fine]
command = "true"
timeout = "0s"
[group.fine]
members = ["backup", "nobody", "fine"]
[request.one]
process = "nobody"
timing = "schedule"
timezone = "Europe/Madird"
frequency = "daily"
[request.two]
process = "fine"
timing = "later"
timezone = "UTC"
start = "tomorrow"
day = 3
[request.three]
process = "fine"
timing = "schedule"
timezone = "UTC"
frequency = "daily"
day = 3
[request.four]
process = "fine"
scheduled = true
timing = "schedule"
timezone = "UTC"
frequency = "daily"
finish = 2026-01-01T00:00:00
"""


def problems(services: Services, data: bytes) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        plan_apply(services, data, is_kept=False)
    return [str(problem) for problem in refused.value.problems]


def test_everything_is_told_at_once(services: Services) -> None:
    a_process(services, "stays")
    texts = problems(services, WRONG.encode())
    assert [text.partition(": ")[0] for text in texts] == [
        "[jobs]",
        *['process "backup"'] * 3,
        'process "report"',
        'request "two"',
        'request "three"',
        *['process "fine"'] * 2,
        *['group "fine"'] * 2,
        'request "four"',
        *['request "one"'] * 2,
    ]
    assert 'process "backup": retrys: is not known here: did you mean retries?' in texts
    assert 'process "report": command: is a number: write text in quotes, such as "backup"' in texts
    assert services.processes.names() == ["stays"]


def test_members_must_be_processes_that_the_file_has(services: Services) -> None:
    texts = problems(services, WRONG.encode())
    assert not any("there is no process 'backup'" in text for text in texts)  # it is there, wrong
    assert any("group \"fine\": members: there is no process 'nobody'" in text for text in texts)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"format = 1\n[process.a\n", "line 2", id="syntax"),
        pytest.param(b"format = 1\n# \xff", "not UTF-8 in line 2", id="bytes"),
        pytest.param(b"format = 1\na = '\0'", "line 2", id="NUL"),
        pytest.param(b"format = 1\na = " + b"[" * 100_000, "nested too deep", id="deep"),
        pytest.param(b"#" * (LARGEST + 1), "larger than 10.0 MB", id="large"),
        pytest.param(b"format = 2", "format = 1", id="newer"),
        pytest.param(b"format = true", "format = 1", id="no number"),
        pytest.param(b"", "format = 1", id="empty"),
        pytest.param(b"format = 1\nretries = " + b"9" * 9999, "not TOML", id="endless number"),
        pytest.param(b"format = 1\nprocess = 3", "begin each with", id="no table"),
        pytest.param(b"format = 1\nprocess.a = 3", "is no table", id="no table either"),
        pytest.param(b"format = 1\n[process.a]\n[process.a]", "twice", id="twice"),
        pytest.param(
            b"format = 1\n[process.a]\ncommand='''\\u0000'''\nenvironment=3",
            "no table of texts",
            id="no variables",
        ),
        pytest.param(b'format = 1\n[process.a]\ncommand="a\\u0000"', "NUL", id="escaped NUL"),
        pytest.param(b'format = 1\n[group.a]\nmembers="x"', "no list of names", id="no list"),
        pytest.param(b'format = 1\n[group." a"]', "space", id="name"),
        pytest.param(b'format = 1\n[group.a]\noverlap="x"', "must be one of skip", id="choice"),
    ],
)
def test_no_input_is_too_strange_to_be_refused(
    services: Services, data: bytes, message: str
) -> None:
    [text, *_] = problems(services, data)
    assert message in text


def test_a_name_is_that_of_a_process_or_of_a_group(services: Services) -> None:
    a_group(services, "backup")
    with pytest.raises(InvalidInput, match="'nightly' is taken"):
        applied(services, "format = 1\n[process.nightly]\ncommand = 'true'\n")

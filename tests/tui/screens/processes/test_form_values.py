"""What the fields of a process mean."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.tui.screens.processes.form_values import ProcessValues, asked, read, values_of

DRAFT = ProcessDraft(
    name="backup",
    command="restic backup \\\n  --tag nightly\n",
    description="[of everything]",
    working_directory="/srv",
    environment={"A": "1", "B": "x=y"},
    timeout=timedelta(minutes=90),
    overlap=Overlap.QUEUE,
    locks=("db", "net"),
    retries=3,
    retry_delay=timedelta(seconds=45),
    active=False,
    notify=("page", "ops"),
    notify_after=3,
    slow_after=timedelta(minutes=10),
    error_words=("ERR", "no paper"),
)


@pytest.mark.parametrize("overlap", Overlap)
def test_a_process_is_read_back_as_it_was(overlap: Overlap) -> None:
    draft = replace(DRAFT, overlap=overlap)
    reading = read(values_of(draft))
    assert (reading.draft, reading.problems) == (draft, ())


@pytest.mark.parametrize("notify", [None, (), ("ops",)])
@pytest.mark.parametrize("limit", [None, timedelta(), timedelta(hours=1)])
def test_who_is_told_and_when_is_read_back_as_it_was(
    notify: tuple[str, ...] | None, limit: timedelta | None
) -> None:
    draft = replace(DRAFT, notify=notify, slow_after=limit)
    reading = read(values_of(draft))
    assert (reading.draft, reading.problems) == (draft, ())


@pytest.mark.parametrize("words", [(" E ", "ERR: "), None, (), ("ERR",)])
def test_error_words_are_read_back_as_they_were(words: tuple[str, ...] | None) -> None:
    draft = replace(DRAFT, error_words=words)
    assert read(values_of(draft)).draft == draft


def test_when_nobody_is_told_is_not_asked() -> None:
    values = replace(values_of(DRAFT), notify=(), notify_after="x", slow_after="x")
    assert not {"notify_after", "slow_after"} & asked(values)
    assert read(values).problems == ()


def test_a_python_process_is_read_back_as_it_was() -> None:
    draft = replace(
        DRAFT,
        kind=ProcessKind.PYTHON,
        command="reports:daily",
        python="~/env",
        parameters=(Parameter(name="MODE", default="fast", choices=("fast", "full")),),
    )
    reading = read(values_of(draft))
    assert (reading.draft, reading.problems) == (draft, ())


def test_spaces_around_a_target_or_an_interpreter_mean_nothing() -> None:
    values = ProcessValues(name="x", kind=ProcessKind.PYTHON, target=" a:b ", python="  ")
    assert (read(values).draft.command, read(values).draft.python) == ("a:b", None)


def test_empty_fields_mean_the_defaults() -> None:
    reading = read(ProcessValues(name="x", command="true"))
    assert (reading.draft, reading.problems) == (ProcessDraft(name="x", command="true"), ())


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("timeout", "soon"),
        ("retries", "many"),
        ("retry_delay", "1 fortnight"),
        ("notify_after", "often"),
        ("slow_after", "soon"),
        ("environment", "PATH"),
        ("parameters", "DAY: colour"),
    ],
)
def test_text_that_cannot_be_read_is_a_problem_of_its_field(field: str, text: str) -> None:
    values = values_of(DRAFT)
    reading = read(replace(values, **{field: text}))  # type: ignore[arg-type]
    assert [problem.field for problem in reading.problems] == [field]

"""What goes on as long as somebody schedules: whatever it meets, it is told and begun again."""

import asyncio
import errno
import logging

import pytest

from tests.support.patience import PATIENCE
from tui_scheduler.engine.supervision import Troubles, supervised
from tui_scheduler.errors import DatabaseUnusable, Lacking, cause_of
from tui_scheduler.signs_of_life import Trouble

FULL = OSError(errno.ENOSPC, "No space left on device", "/x.lock")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_scheduler.engine.supervision.FIRST_PAUSE", 0)


class Task:
    """Meets one thing after the other, then works."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.works = asyncio.Event()

    async def __call__(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.works.set()
        await asyncio.Event().wait()


async def seen(task: Task) -> list[str]:
    """What is told while ``task`` is supervised, until it works."""
    messages: list[str] = []
    troubles = Troubles(lambda trouble: messages.append(str(trouble or "")))
    supervising = asyncio.create_task(supervised("looking", task, troubles))
    async with asyncio.timeout(PATIENCE):
        await task.works.wait()
    supervising.cancel()
    return messages


async def test_what_a_task_meets_is_logged_told_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    [message] = await seen(Task(FULL, FULL))
    assert message.startswith("waiting: /x.lock: No space left on device since ")
    assert message.endswith(". Free some space, and try again")
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.message.split(";")[0] for record in errors] == ["looking failed"] * 2


async def test_each_reason_is_told(caplog: pytest.LogCaptureFixture) -> None:
    messages = await seen(Task(FULL, ValueError("odd"), RuntimeError("can't start new thread")))
    words = ("No space left", "ValueError: odd", "no more threads can be started")
    assert [word in text for word, text in zip(words, messages, strict=True)] == [True] * 3


async def test_it_is_over_when_the_task_has_gone_on_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui_scheduler.engine.supervision._SETTLED", 0.01)
    over = asyncio.Event()
    troubles = Troubles(lambda trouble: None if trouble else over.set())
    supervising = asyncio.create_task(supervised("looking", Task(FULL), troubles))
    async with asyncio.timeout(PATIENCE):
        await over.wait()
    assert troubles.current is None
    supervising.cancel()


async def test_one_that_may_not_end_and_does_is_begun_again() -> None:
    task, troubles = Task(), Troubles()
    ends = [True]

    async def ending() -> None:
        if ends:
            ends.pop()
        else:
            await task()

    supervising = asyncio.create_task(supervised("looking", ending, troubles))
    async with asyncio.timeout(PATIENCE):
        await task.works.wait()
    assert troubles.current is not None
    assert "looking ended by itself" in troubles.current.text
    supervising.cancel()


async def test_one_that_may_end_does() -> None:
    async def ending() -> None:
        pass

    async with asyncio.timeout(PATIENCE):
        await supervised("looking", ending, Troubles(), may_end=True)


def test_what_stops_everything_comes_before_what_is_minor() -> None:
    reports: list[Trouble | None] = []
    troubles = Troubles(reports.append)
    minor, major = Trouble("small", "", is_minor=True), Trouble("large", "")
    troubles.say("a", minor)
    troubles.say("b", major)
    troubles.over("b")
    troubles.over("a")
    troubles.over("a")
    assert reports == [minor, major, minor, None]
    assert troubles.besides("a") is None


@pytest.mark.parametrize(
    ("error", "reason", "remedy"),
    [
        (FULL, "/x.lock: No space left on device", "Free some space"),
        (OSError(errno.EAGAIN, "none left"), "none left", "ulimit -u"),
        (OSError(errno.EPROTO, "strange"), "strange", "See to it"),
        (DatabaseUnusable("It is locked.", "it is locked", "Look"), "it is locked", "Look"),
        (DatabaseUnusable("Odd."), "the database cannot be used", "doctor"),
        (Lacking("no /proc", "Mount it"), "no /proc", "Mount it"),
        (RuntimeError("can't start new thread"), "no more threads", "ulimit -u"),
        (KeyError("x"), "KeyError: 'x'", "report this"),
    ],
)
def test_each_error_has_a_reason_and_a_remedy(error: Exception, reason: str, remedy: str) -> None:
    cause = cause_of(error)
    assert reason in cause[0]
    assert remedy in cause[1]
    assert not any(text.endswith(".") for text in cause)

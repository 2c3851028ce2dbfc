"""Who tells sends each notice at least once, leaves nobody alone, and floods nobody."""

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import psutil
import pytest

from tests.engine.harness import write_here
from tests.engine.notices.test_sending import a_message
from tests.services.drafts import process_draft, scheduled
from tests.services.notices.telling import FAILURE, OPS, SUCCESS, notices, runs, tomorrow
from tests.support.clock import FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.engine.notices import sending
from tui_scheduler.engine.notices.sending import NotSent, send
from tui_scheduler.engine.notices.teller import Teller
from tui_scheduler.engine.supervision import Troubles, supervised
from tui_scheduler.errors import DatabaseUnusable, Unexpected
from tui_scheduler.receivers import Receiver, ReceiverKind
from tui_scheduler.services import Services
from tui_scheduler.services.notices.message import Message
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.views.notices import NoticeState, NoticeView
from tui_scheduler.signs_of_life import Trouble


@dataclass
class Post:
    """Who gets what, and what they say to it."""

    got: list[tuple[str, Message]] = field(default_factory=list)
    answer: Callable[[Receiver], None] = lambda _receiver: None

    def __call__(self, receiver: Receiver, message: Message) -> str:
        self.answer(receiver)
        self.got.append((receiver.name, message))
        return "done"


def teller(services: Services, post: Post, troubles: Troubles | None = None) -> Teller:
    return Teller(
        Notices(services.context),
        OPS.receivers,
        lines=20,
        read=write_here,
        write=write_here,
        clock=services.context.clock,
        troubles=troubles or Troubles(),
        send=post,
    )


async def step(telling: Teller) -> None:
    """Let it send all that is due."""
    await telling.step()
    await telling.settle()


def failing(*_: object) -> None:
    raise DatabaseUnusable("The database is full.", "the disk is full")


def refuse(_receiver: Receiver) -> None:
    raise NotSent("it answered HTTP 500")


async def test_what_is_due_is_sent_once(with_receivers: Services, clock: FakeClock) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    post = Post()
    telling = teller(with_receivers, post)
    await step(telling)
    await step(telling)
    assert [(name, message.kind) for name, message in post.got] == [("ops", "failed")]
    assert notices(with_receivers)[0].state is NoticeState.SENT


async def test_a_receiver_that_does_not_work_is_told_however_long_the_task_goes_on(
    with_receivers: Services, clock: FakeClock
) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    troubles = Troubles()
    telling = teller(with_receivers, Post(answer=refuse), troubles)

    async def look_once() -> None:
        await step(telling)

    await supervised("notices", look_once, troubles, may_end=True, is_minor=True)
    assert troubles.current is not None


async def test_what_fails_is_told_and_tried_again(
    with_receivers: Services, clock: FakeClock
) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    heard: list[Trouble | None] = []
    post = Post(answer=refuse)
    telling = teller(with_receivers, post, Troubles(heard.append))
    await step(telling)
    assert heard[0] is not None
    assert "ops" in heard[0].text
    assert "HTTP 500" in heard[0].text
    assert heard[0].headline == ""
    post.answer = lambda _receiver: None
    clock.advance(minutes=1)
    await step(telling)
    assert heard[-1] is None
    [(_, message)] = post.got
    assert message.key == notices(with_receivers)[0].key


async def test_whatever_a_receiver_meets_ends_nothing(
    with_receivers: Services, clock: FakeClock
) -> None:
    def stumble(_receiver: Receiver) -> None:
        raise ValueError("odd")

    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    await step(teller(with_receivers, Post(answer=stumble)))
    assert "ValueError" in notices(with_receivers)[0].problem


async def test_one_that_cannot_be_put_into_words_holds_up_no_other(
    with_receivers: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE, SUCCESS)
    message = Notices.message

    def stumble(self: Notices, batch: Sequence[NoticeView], lines: int) -> Message:
        if batch[0].id == 1:
            raise Unexpected(ValueError("odd"))
        return message(self, batch, lines)

    monkeypatch.setattr(Notices, "message", stumble)
    post = Post()
    await step(teller(with_receivers, post))
    assert [message.kind for _, message in post.got] == ["recovered"]
    assert [notice.state for notice in notices(with_receivers)] == [
        NoticeState.WAITING,
        NoticeState.SENT,
    ]
    assert "odd" in notices(with_receivers)[0].problem


async def test_a_database_that_fails_is_told_and_tried_again(
    with_receivers: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    heard: list[Trouble | None] = []
    telling = teller(with_receivers, Post(), Troubles(heard.append))
    with monkeypatch.context() as patch:
        patch.setattr(Notices, "sent", failing)
        await step(telling)
    trouble = heard[-1]
    assert trouble is not None
    assert "is full" in trouble.text
    await step(telling)
    assert heard[-1:] == [None]
    assert notices(with_receivers)[0].state is NoticeState.SENT


async def test_what_is_overdue_is_not_looked_for_at_each_notice(
    with_receivers: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(Notices, "overdue", lambda _: looks.append(1))
    telling = teller(with_receivers, Post())
    for seconds in (0, 1, 13, 1):
        clock.advance(seconds=seconds)
        await telling._look_for_overdue()
    assert len(looks) == 2


async def test_many_at_once_are_one_digest(with_receivers: Services, clock: FakeClock) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, *[FAILURE, SUCCESS] * 250)
    post = Post()
    await step(teller(with_receivers, post))
    [(_, message)] = post.got
    assert (message.kind, len(message.facts["notices"])) == ("digest", 500)
    assert {notice.state for notice in notices(with_receivers)} == {NoticeState.SENT}


async def test_who_got_ten_within_a_minute_gets_the_rest_as_one(
    with_receivers: Services, clock: FakeClock
) -> None:
    scheduled(with_receivers, tomorrow())
    post = Post()
    telling = teller(with_receivers, post)
    for _ in range(20):
        runs(with_receivers, clock, FAILURE, SUCCESS)
        await step(telling)
    assert len(post.got) == 10
    clock.advance(minutes=1)
    await step(telling)
    *singles, (_, last) = post.got
    assert [message.kind for _, message in singles] == ["failed", "recovered"] * 5
    assert (last.kind, len(last.facts["notices"])) == ("digest", 30)


async def test_pings_are_never_gathered(with_receivers: Services, clock: FakeClock) -> None:
    with_receivers.processes.create(process_draft(notify=("beat",)))
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, *[SUCCESS] * 20)
    post = Post()
    await step(teller(with_receivers, post))
    assert [message.kind for _, message in post.got] == ["started", "ended"] * 20


async def test_a_receiver_that_is_gone_is_named(with_receivers: Services, clock: FakeClock) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    telling = teller(with_receivers, Post())
    telling._receivers = {}
    await step(telling)
    assert "no [receiver.ops]" in notices(with_receivers)[0].problem


async def test_one_that_hangs_holds_up_nobody_else(
    with_receivers: Services, clock: FakeClock
) -> None:
    with_receivers.processes.create(process_draft(notify=("ops", "all")))
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    let_go, other = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(receiver: Receiver) -> None:
        if receiver.name == "ops":
            let_go.wait()
        else:
            loop.call_soon_threadsafe(other.set)

    telling = teller(with_receivers, Post(answer=answer))
    task = asyncio.create_task(telling.run())
    await other.wait()
    other.clear()
    runs(with_receivers, clock, SUCCESS)
    telling.wake()
    await other.wait()
    let_go.set()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_no_command_is_left_behind_by_who_stops(
    with_receivers: Services, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "COMMAND_SECONDS", 10 * PATIENCE)
    with_receivers.processes.create(process_draft(notify=("ops",)))
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    pid_file = tmp_path / "pid"
    os.mkfifo(pid_file)
    line = f"echo $$ > {pid_file}; exec sleep 1000"
    hanging = Receiver(name="ops", kind=ReceiverKind.COMMAND, address=line)

    def answer(_receiver: Receiver) -> None:
        send(hanging, a_message())

    post = Post(answer=answer)
    task = asyncio.create_task(teller(with_receivers, post).run())
    command = psutil.Process(int(await asyncio.to_thread(pid_file.read_text)))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(command.wait, PATIENCE)


async def test_none_is_begun_for_who_has_stopped(
    with_receivers: Services, clock: FakeClock, tmp_path: Path
) -> None:
    with_receivers.processes.create(process_draft(notify=("ops",)))
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    begins, goes_on, refused = threading.Event(), threading.Event(), SimpleQueue[str]()
    trace = tmp_path / "trace"
    late = Receiver(name="ops", kind=ReceiverKind.COMMAND, address=f"touch {trace}")

    def answer(_receiver: Receiver) -> None:
        begins.set()
        goes_on.wait()
        try:
            send(late, a_message())
        except NotSent as error:
            refused.put(str(error))

    task = asyncio.create_task(teller(with_receivers, Post(answer=answer)).run())
    await asyncio.to_thread(begins.wait)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    goes_on.set()
    assert await asyncio.to_thread(refused.get) == "whoever was about to send has stopped"
    assert not trace.exists()


async def test_it_wakes_for_what_is_new_and_looks_for_what_is_overdue(
    with_receivers: Services, clock: FakeClock
) -> None:
    scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
    clock.advance(hours=2)
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(_receiver: Receiver) -> None:
        loop.call_soon_threadsafe(heard.set)

    post = Post(answer=answer)
    telling = teller(with_receivers, post)
    task = asyncio.create_task(telling.run())
    await heard.wait()
    heard.clear()
    runs(with_receivers, clock, FAILURE)
    telling.wake()
    await heard.wait()
    await telling.settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [message.kind for _, message in post.got] == ["silent", "failed"]

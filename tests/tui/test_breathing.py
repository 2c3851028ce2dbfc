"""Work in a thread that leaves the loop its time."""

import pytest

from tui_scheduler.tui import breathing


class Thread:
    """A thread whose work takes as long as is said, and the sleeps between it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.used = 5.0
        self.begun = 100.0
        self.slept = 0
        patch.setattr(breathing, "thread_time", lambda: self.used)
        patch.setattr(breathing, "monotonic", lambda: self.begun + self.used)
        patch.setattr(breathing, "sleep", self._sleep)

    def _sleep(self, _seconds: float) -> None:
        self.slept += 1

    def work(self, seconds: float) -> bool:
        self.used += seconds
        return True


@pytest.fixture
def thread(monkeypatch: pytest.MonkeyPatch) -> Thread:
    return Thread(monkeypatch)


def test_it_breathes_by_the_time_it_has_used_and_not_by_steps(thread: Thread) -> None:
    asked = breathing.breathing(lambda: False)
    asked()
    begun = thread.slept
    for _ in range(100):
        thread.work(0.0001)
        asked()
    assert 5 <= thread.slept - begun <= 10
    thread.work(0.02)
    asked()
    assert thread.slept - begun <= 11


def test_whether_to_stop_is_asked_each_time(thread: Thread) -> None:
    answers = iter([False, False, True])
    asked = breathing.breathing(lambda: next(answers))
    assert [asked(), asked(), asked()] == [False, False, True]


def test_a_slice_ends_with_the_work_or_after_a_while(thread: Thread) -> None:
    assert breathing.go_on(lambda: thread.work(0.001))
    assert thread.used < 5.0 + 2 * breathing.SLICE
    left = iter([True, True, False])
    assert not breathing.go_on(lambda: next(left))

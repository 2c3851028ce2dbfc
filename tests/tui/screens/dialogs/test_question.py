"""Questions: letters, arrows, mouse; the safe answer is at hand and escape gives it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Button

from tests.tui.conftest import Show
from tests.tui.screens.names import HARMLESS, HOSTILE
from tui_scheduler.tui.screens.dialogs.question import Answer, ConfirmDialog, CopyQuestion, Question

Ask = Callable[[Question[object]], AbstractAsyncContextManager["Asked"]]


class Asked:
    """A question on the screen, and what was answered in the end."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.answers: list[object] = []


@pytest.fixture
def ask() -> Ask:
    @asynccontextmanager
    async def asked(question: Question[object]) -> AsyncIterator[Asked]:
        async with App[None]().run_test(size=(80, 24)) as pilot:
            asked = Asked(pilot)
            await pilot.app.push_screen(question, asked.answers.append)
            await pilot.pause()
            yield asked

    return asked


def _colour(safe: object = "green") -> Question[object]:
    answers: list[Answer[object]] = [
        Answer("r", "Red", "red", is_dangerous=True),
        Answer("g", "Green", "green"),
        Answer("l", "Lilac", "lilac"),
    ]
    return Question("Colour", "Which one?", answers, safe)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], "green"),
        (["escape"], "green"),
        (["r"], "red"),
        (["l"], "lilac"),
        (["left", "enter"], "red"),
        (["right", "enter"], "lilac"),
        (["right", "right", "enter"], "red"),
        (["h", "enter"], "red"),
        (["down", "enter"], "lilac"),
        (["tab", "enter"], "lilac"),
    ],
)
async def test_an_answer_is_given_by_keys(ask: Ask, keys: list[str], answer: str) -> None:
    async with ask(_colour()) as asked:
        await asked.pilot.press(*keys)
        assert asked.answers == [answer]


async def test_an_answer_is_given_by_mouse(ask: Ask) -> None:
    async with ask(_colour()) as asked:
        await asked.pilot.click("#answer-2")
        assert asked.answers == ["lilac"]


async def test_other_keys_do_nothing(ask: Ask) -> None:
    async with ask(_colour()) as asked:
        await asked.pilot.press("q", "1", "G")
        assert asked.answers == []


async def test_without_a_button_for_it_escape_still_gives_the_safe_answer(ask: Ask) -> None:
    async with ask(_colour(safe=None)) as asked:
        assert asked.pilot.app.focused is asked.pilot.app.screen.query(Button).first()
        await asked.pilot.press("escape")
        assert asked.answers == [None]


@pytest.mark.parametrize(
    ("key", "answer"), [("y", True), ("n", False), ("enter", False), ("escape", False)]
)
async def test_a_confirmation_is_yes_only_if_it_is_said(key: str, answer: bool) -> None:
    answers: list[bool | None] = []
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(ConfirmDialog("Delete", "Really?"), answers.append)
        await pilot.pause()
        await pilot.press(key)
        assert answers == [answer]


async def test_every_answer_is_on_the_smallest_screen() -> None:
    labels = ("process", "id", "schedule", "description")
    choices = [(label[0], label, "value " * 30) for label in labels]
    async with App[None]().run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(CopyQuestion(choices))
        await pilot.pause()
        screen = pilot.app.screen
        box = screen.query_one("#question").region
        assert all(box.contains_region(button.region) for button in screen.query(Button))
        assert len(screen.query(Button)) == len(choices)


async def test_hostile_words_are_text() -> None:
    async with App[None]().run_test(size=(120, 30)) as pilot:
        await pilot.app.push_screen(ConfirmDialog(HOSTILE, HOSTILE))
        await pilot.pause()
        assert HARMLESS in str(pilot.app.screen.query_one("#question-text").render())


@pytest.mark.parametrize("size", [(60, 16), (80, 20), (80, 24), (120, 36)])
async def test_answers_are_in_sight_however_much_there_is_to_read(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(size=size) as ui:
        dialog = ConfirmDialog("Delete", "\n".join(f"run {number}" for number in range(60)))
        await ui.app.push_screen(dialog)
        await ui.pilot.pause()
        answers = dialog.query_one("#answers").region
        assert dialog.query_one("#question").content_region.contains_region(answers)
        assert answers.bottom < size[1] - 1  # below stands the line of keys

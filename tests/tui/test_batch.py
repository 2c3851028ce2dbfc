"""Doing one thing to several rows."""

from tests.tui.screens.names import HOSTILE
from tui_scheduler.errors import InvalidInput, Problem, Refused
from tui_scheduler.tui.batch import Batch, on_each, summary


async def _even_only(number: int) -> int:
    if number % 2:
        raise Refused(f"{number} is odd.")
    return number // 2


async def test_what_fails_for_one_does_not_stop_the_others() -> None:
    batch = await on_each([2, 3, 4], str, _even_only)
    assert batch.done == (("2", 1), ("4", 2))
    assert [(name, str(error)) for name, error in batch.refused] == [("3", "3 is odd.")]


async def test_the_summary_tells_how_many_and_why_not() -> None:
    batch = await on_each([2, 3, 4], str, _even_only)
    assert summary(batch, "numbers") == "2 of 3 numbers.\n3: 3 is odd."


async def test_the_summary_names_the_first_few_only() -> None:
    batch = await on_each([1, 3, 5, 7, 9], str, _even_only)
    assert summary(batch, "numbers").splitlines()[-1] == "and 2 more"


def test_every_problem_of_an_input_is_told() -> None:
    error = InvalidInput([Problem("name", "is taken"), Problem("command", "is empty")])
    text = summary(Batch((), ((HOSTILE, error),)), "rows")
    assert "name: is taken\ncommand: is empty" in text

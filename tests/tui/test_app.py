"""The application as a whole: its screens and the keys that work everywhere."""

from tests.tui.conftest import Show


async def test_the_requests_are_the_first_screen(show: Show) -> None:
    async with show() as shown:
        assert shown.app.current_mode == "requests"


async def test_a_digit_goes_to_a_screen(show: Show) -> None:
    async with show() as shown:
        await shown.pilot.press("3")
        assert shown.app.current_mode == "processes"

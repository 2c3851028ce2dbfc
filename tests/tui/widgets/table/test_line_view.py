"""What the table and the log pane share."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tests.tui.textual_inside import is_to_be_laid_out, stale_regions, strips
from tui_scheduler.tui.widgets.table.line_view import LineView


class Letters(LineView):
    """A letter a line; counts which lines were asked for by Textual."""

    def __init__(self) -> None:
        super().__init__()
        self._strips = {}
        self.letters = list("abcdefghij")
        self.rendered: list[int] = []

    def line(self, y: int) -> Strip:
        return Strip([Segment(self.letters[y] if y < len(self.letters) else " ", Style())])

    def render_line(self, y: int) -> Strip:
        self.rendered.append(y)
        return super().render_line(y)


class LettersApp(App[None]):
    CSS = "Letters { height: 10; }"

    def __init__(self) -> None:
        super().__init__()
        self.letters = Letters()

    def compose(self) -> ComposeResult:
        yield self.letters

    def text(self) -> list[str]:
        return [strip.text.rstrip() for strip in strips(self.screen)]


class TestDrawing:
    async def test_lines_are_drawn(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)):
            assert app.text() == list("abcdefghij")

    async def test_a_changed_line_is_refreshed(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            app.letters.letters[3] = "X"
            app.letters.repaint()
            await pilot.pause()
            assert app.text()[3] == "X"

    async def test_nothing_is_refreshed_when_nothing_has_changed(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            await pilot.pause()
            stale_regions(app.letters)
            app.letters.repaint()
            assert not stale_regions(app.letters)

    async def test_one_line_is_refreshed_when_one_has_changed(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            await pilot.pause()
            stale_regions(app.letters)
            app.letters.letters[3] = "X"
            app.letters.repaint()
            (region,) = stale_regions(app.letters)
            assert (region.y, region.height) == (3, 1)

    async def test_border_padding_and_opacity_are_left_to_textual(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 14)) as pilot:
            app.letters.styles.border = ("solid", "red")
            app.letters.styles.padding = (0, 2)
            await pilot.pause()
            assert app.text()[1].replace(" ", "") == "│a│"
            app.letters.styles.border = None
            app.letters.styles.opacity = 0.5
            await pilot.pause()
            assert app.text()[0].strip() == "a"

    async def test_lines_are_cut_at_the_edge_of_a_narrow_parent(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            app.letters.letters[0] = "0123456789" * 4
            app.letters.repaint()
            await pilot.pause()
            assert app.text()[0] == "0123456789" * 2


class TestHeight:
    async def test_the_scroll_bar_comes_and_goes(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            for lines, has_scroll_bar in ((5, False), (500, True), (700, True), (10, False)):
                app.letters.set_height(lines)
                await pilot.pause()
                assert app.letters.show_vertical_scrollbar is has_scroll_bar
                assert app.letters.max_scroll_y == max(0, lines - 10)

    async def test_a_longer_list_is_not_laid_out_again(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)) as pilot:
            app.letters.set_height(500)
            await pilot.pause()
            app.letters.set_height(501)
            assert not is_to_be_laid_out(app.letters)
            assert app.letters.vertical_scrollbar.window_virtual_size == 501


class TestBeingSeen:
    async def test_a_dialog_leaves_it_seen_and_a_screen_does_not(self) -> None:
        app = LettersApp()
        async with app.run_test(size=(20, 10)):
            seen = [app.letters.is_seen]
            for screen in (ModalScreen[None](), Screen[None]()):
                await app.push_screen(screen)
                seen.append(app.letters.is_seen)
            await app.pop_screen()
            assert [*seen, app.letters.is_seen] == [True, True, False, True]

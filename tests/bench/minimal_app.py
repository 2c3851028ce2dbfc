"""The least that a Textual application with a header, tabs, a table and a footer costs."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Footer, Header, Tabs

ROWS = 50


class MinimalApp(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        ("question_mark", "help", "Help"),
        ("q", "quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        yield Header(show_clock=True)
        yield Tabs("Requests", "Monitor", "Processes")
        yield DataTable()
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("Process", "Schedule", "Next run", "Last result")
        for number in range(ROWS):
            table.add_row(f"process {number:02}", "Every day at 02:30", "in 4 min", "success")


if __name__ == "__main__":
    MinimalApp().run()

"""The command line: stdout is data, stderr is narration, and Textual is imported by none of it."""

from tui_scheduler.cli.main import main

__all__ = ["main"]

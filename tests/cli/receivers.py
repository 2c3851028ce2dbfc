"""A configuration that names who is told."""

from tui_scheduler.settings import config_file

PASSWORD = "verysecret"


def configure(text: str) -> None:
    """Make the configuration of the person who runs the test."""
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)
    config_file().chmod(0o600)

"""What the package gives by name, each part of it when it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui_scheduler import schedules


def test_all_that_is_promised_is_there() -> None:
    for name in schedules.__all__:
        assert getattr(schedules, name).__module__.startswith(schedules.__name__), name
    assert set(schedules._MODULE_OF) == set(schedules.__all__)


def test_nothing_else_is() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        schedules.nonsense  # noqa: B018
    with pytest.raises(ImportError, match="nonsense"):
        from tui_scheduler.schedules import nonsense  # noqa: F401


def test_no_module_takes_the_place_of_what_it_has() -> None:
    """Python puts a module into its package under its own name, whatever was there."""
    files = Path(schedules.__file__).parent.iterdir()
    assert not {file.stem for file in files} & set(schedules.__all__)


def test_what_is_not_asked_for_is_not_loaded() -> None:
    script = (
        "import sys; from tui_scheduler.schedules import Plan;"
        "assert 'tui_scheduler.schedules.plan' in sys.modules;"
        "assert 'tui_scheduler.schedules.sentences' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

"""Tests of this screen begin on it."""

import pytest

from tui_scheduler.tui.tabs import TIMELINE


@pytest.fixture
def first_screen() -> str:
    return TIMELINE

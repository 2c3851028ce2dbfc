"""What is missing is a reason to skip a test, and a failure where it has been installed."""

import pytest

from tests.support.needed import lack, variable_of


def test_where_nobody_insists_it_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable_of("chromium"), raising=False)
    with pytest.raises(pytest.skip.Exception, match="no chromium"):
        lack("chromium", "there is no chromium")


def test_where_it_must_be_there_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_SCHEDULER_TESTS_NEED_CHROMIUM", "1")
    with pytest.raises(pytest.fail.Exception, match="no chromium"):
        lack("chromium", "there is no chromium")

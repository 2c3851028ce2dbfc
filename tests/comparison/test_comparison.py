"""What is imported is read as systemd and cron read it: a few hundred texts of the long form."""

import pytest

from tests.comparison.__main__ import COMPARISONS

_COUNTS = {"calendar": 150, "spans": 100, "commands": 300, "crontab": 60}


@pytest.mark.parametrize("name", COMPARISONS)
def test_no_text_is_read_differently(name: str) -> None:
    compare, missing = COMPARISONS[name]
    if missing is not None:
        pytest.skip(missing)
    agreement = compare(_COUNTS[name], 2)
    assert agreement.different == []
    assert agreement.alike > _COUNTS[name] / 3

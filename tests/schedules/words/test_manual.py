"""What the manual says can be said is understood."""

import re
from collections.abc import Iterator

import pytest

from tests.schedules.words.sentences import NOW
from tui_scheduler.manual import page
from tui_scheduler.schedules.words import parse

_ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \|")
# The words around those of a row that say only a part of a plan.
_AROUND = {
    "the first moment": "hourly {}",
    "the end": "hourly {}",
    "days that are left out": "hourly {}",
    "the zone, last of all": "hourly {}",
    "TIME": "tomorrow {}",
    "DATE": "{} 18:30",
}


def sayings() -> Iterator[str]:
    section = page("plans").partition("## Plain words")[2].partition("\n## ")[0]
    for part, cell in _ROW.findall(section):
        for words in re.findall(r"`([^`]+)`", cell):
            whole = _AROUND.get(part, "{}").format(words)
            yield (
                whole.replace("DATE TIME", "2027-03-01 18:30")
                .replace("DATE", "tomorrow")
                .replace("at TIME", "at 6pm")
            )


@pytest.mark.parametrize("words", list(sayings()))
def test_every_saying_of_the_table_is_understood(words: str) -> None:
    assert parse(words, "UTC", NOW)


def test_the_table_is_found() -> None:
    assert len(list(sayings())) > 40

"""Columns give back exactly what was put in, and refuse what cannot be compared."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOON
from tui_scheduler.models import Overlap
from tui_scheduler.models.fields import (
    ChoiceField,
    DurationField,
    InstantField,
    TextField,
    TokenField,
)

INSTANT = InstantField()
DURATION = DurationField()
CHOICE = ChoiceField(Overlap)
zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(
    datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30"), timezones=zones
)


class TestInstants:
    @given(moments)
    def test_they_come_back_in_utc(self, moment: datetime) -> None:
        assert INSTANT.python_value(INSTANT.db_value(moment)) == moment

    @given(moments, moments)
    def test_they_compare_as_time_does(self, one: datetime, other: datetime) -> None:
        stored, other_stored = INSTANT.db_value(one), INSTANT.db_value(other)
        assert stored is not None
        assert other_stored is not None
        assert (stored < other_stored) == (one < other)

    def test_the_offset_does_not_matter(self) -> None:
        india = timezone(timedelta(hours=5, minutes=30))
        assert INSTANT.db_value(NOON.astimezone(india)) == INSTANT.db_value(NOON)

    def test_a_naive_one_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            INSTANT.db_value(NOON.replace(tzinfo=None))

    def test_nothing_stays_nothing(self) -> None:
        assert INSTANT.db_value(None) is None
        assert INSTANT.python_value(None) is None

    @pytest.mark.parametrize("value", [10**18, -(10**18)])
    def test_one_beyond_the_calendar_can_be_shown(self, value: int) -> None:
        assert INSTANT.python_value(value) == datetime.max.replace(tzinfo=UTC)


class TestDurations:
    @given(st.timedeltas())
    def test_they_come_back(self, duration: timedelta) -> None:
        assert DURATION.python_value(DURATION.db_value(duration)) == duration

    def test_nothing_stays_nothing(self) -> None:
        assert DURATION.db_value(None) is None
        assert DURATION.python_value(None) is None


class TestChoices:
    @pytest.mark.parametrize("overlap", list(Overlap))
    def test_they_come_back(self, overlap: Overlap) -> None:
        assert CHOICE.db_value(overlap) == overlap.value
        assert CHOICE.python_value(overlap.value) is overlap

    def test_text_of_a_member_will_do(self) -> None:
        assert CHOICE.db_value("skip") == "skip"

    def test_anything_else_is_refused(self) -> None:
        with pytest.raises(ValueError, match="sometimes"):
            CHOICE.db_value("sometimes")

    def test_nothing_stays_nothing(self) -> None:
        assert CHOICE.db_value(None) is None
        assert CHOICE.python_value(None) is None

    def test_the_usual_one_is_stored_as_nothing(self) -> None:
        field = ChoiceField(Overlap, usual=Overlap.SKIP)
        assert [field.db_value(overlap) for overlap in ("skip", "queue")] == [None, "queue"]
        assert field.python_value(None) is Overlap.SKIP
        assert field.null


class TestTexts:
    def test_the_usual_one_is_stored_as_nothing(self) -> None:
        field = TextField(usual="{}")
        assert [field.db_value(text) for text in ("{}", "", None)] == [None, "", None]
        assert [field.python_value(text) for text in (None, "", b"[]")] == ["{}", "", "[]"]
        assert field.null

    def test_nothing_stays_nothing(self) -> None:
        assert TextField(null=True).python_value(TextField(null=True).db_value(None)) is None


class TestTokens:
    def test_they_come_back(self) -> None:
        assert TokenField().python_value("3f9a2c1b") == "3f9a2c1b"

    @pytest.mark.parametrize(
        "stored", [None, "", "../../../x", "3f9a2c1b\n", "3F9A2C1B", b"3f9a2c1b", 12345678]
    )
    def test_what_could_lead_elsewhere_is_none(self, stored: object) -> None:
        assert TokenField(null=True).python_value(stored) is None

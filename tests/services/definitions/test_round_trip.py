"""Whatever can be defined comes back from a file as it was, to the byte."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.definitions.worlds import (
    applied,
    changes_in,
    exported,
    fill,
    planned,
    wipe,
    worlds,
)
from tui_scheduler.models import transaction
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import export

World = tuple[list[object], list[object], list[object]]


class _Undone(Exception):
    """Leaves the transaction of an example."""


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=worlds(), is_scheduled=st.booleans())
def test_what_is_exported_wiped_and_applied_is_exported_again_byte_for_byte(
    services: Services, world: World, is_scheduled: bool
) -> None:
    try:
        with transaction():
            fill(services, world, is_scheduled=is_scheduled)
            text = exported()
            assert text.replace("\n", "").isprintable()
            assert changes_in(planned(services, text)) == []
            assert changes_in(planned(services, export(has_secrets=False))) == []
            wipe()
            applied(services, text)
            assert exported() == text
            raise _Undone
    except _Undone:
        pass


def test_an_empty_database_is_a_file_too(services: Services) -> None:
    text = exported()
    assert text.splitlines()[1:] == ["format = 1"]
    assert applied(services, text) == []

"""What the tests of this folder share."""

from collections.abc import Iterator

import pytest

from tests.chaos.victims.victim import end_mother


@pytest.fixture(autouse=True)
def _no_mother_of_another_test() -> Iterator[None]:
    """Have victims find the environment of their own test."""
    yield
    end_mother()

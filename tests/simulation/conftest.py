"""What the worlds stand on goes when they are over."""

from collections.abc import Iterator

import pytest

from tests.simulation.ground import leave_ground


@pytest.fixture(scope="session", autouse=True)
def _ground() -> Iterator[None]:
    """Take away the database of all worlds of this process."""
    yield
    leave_ground()

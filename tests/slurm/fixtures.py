"""The cluster that tests have, one for each worker; whoever uses it is marked ``slurm``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster, missing
from tests.slurm.fakes import FakeSlurm
from tests.support.needed import lack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a cluster."""
    for item in items:
        if "needs_slurm" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slurm)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def needs_slurm() -> None:
    """Skip the test where there is no Slurm."""
    if reason := missing():
        lack("slurm", reason)


@pytest.fixture(scope="session")
def _cluster(needs_slurm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("slurm")) as cluster:
        yield cluster


@pytest.fixture
def slurm(_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Three nodes that have nothing to do; what a test starts finds them."""
    _cluster.put_right()
    for name, value in _cluster.variables.items():
        monkeypatch.setenv(name, value)
    return _cluster


@pytest.fixture
def fake_slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlurm]:
    """Tools that do what the test wants; what it starts finds them, whatever is installed."""
    fake = FakeSlurm(tmp_path / "slurm")
    for name, value in fake.variables.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()

"""A sound database with one request and one run that ended, to be spoiled by each test."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.services.drafts import minutely, run_all, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.doctor import Finding, Target, examine
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

Examined = dict[str, list[Finding]]
Examine = Callable[..., Examined]


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine in Madrid with half of its disk free."""
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: "Europe/Madrid")
    disk = SimpleNamespace(total=100_000_000, used=50_000_000, free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk)


@pytest.fixture
def settings(services: Services, clock: FakeClock, database_file: Path) -> Settings:
    """Where a run has ended and left its two files."""
    scheduled(services, minutely(repetitions=1))
    [run] = run_all(services, clock)
    run.log_path.parent.mkdir(parents=True, mode=0o700)
    run.log_path.parent.parent.chmod(0o700)
    for file in (run.log_path, run.log_path.with_suffix(".exit")):
        file.touch(0o600)
    return Settings(database=database_file)


@pytest.fixture
def target(settings: Settings, clock: FakeClock, tmp_path: Path) -> Target:
    return Target(settings=replace(settings, config=tmp_path / "config.toml"), clock=clock)


@pytest.fixture
def examined(target: Target) -> Examine:
    """Carry out all checks; the findings of each, by its name."""

    def carry_out(*, repairs: bool = False) -> Examined:
        findings: Examined = {}
        for name, finding in examine(target, repairs=repairs):
            findings.setdefault(name, []).append(finding)
        return findings

    return carry_out

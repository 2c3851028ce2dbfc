"""Whether runs can be handed to the clusters of the configuration, as far as that is seen here."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doctor.conftest import Examine
from tests.services.clusters import (
    clusters_in,
    end,
    in_every_state,
    on_cluster,
    submit,
    taken,
    with_clusters,
)
from tests.support.clock import FakeClock
from tests.support.mounts import write_table
from tui_scheduler import file_systems
from tui_scheduler.clusters import Cluster
from tui_scheduler.doctor import Finding, Target, Verdict, clusters, examine
from tui_scheduler.engine.slurm.inquiry import Probed
from tui_scheduler.models import Process
from tui_scheduler.services import Services
from tui_scheduler.services.context import RUNS_PER_FOLDER
from tui_scheduler.settings import Settings

COMMANDS = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")
FINE = Finding(Verdict.OK, "1 cluster, each with its folder and its commands", "")

Check = Callable[..., list[Finding]]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder on the PATH, with the commands of Slurm in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in COMMANDS:
        (folder / name).touch(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(clusters, "_asked", tried)
    return folder


async def tried(_: Cluster) -> tuple[list[Probed], bool | None]:
    """All is well on the nodes; tests/slurm/test_doctor.py asks real ones."""
    return [Probed("n1")], True


@pytest.fixture
def shared(tmp_path: Path, path: Path) -> Path:
    """The folder of the cluster ``hpc``."""
    folder = tmp_path / "hpc"
    folder.mkdir(0o700)
    return folder


@pytest.fixture
def check(services: Services, database_file: Path) -> Check:
    """Look, where clusters of these names are configured."""

    def findings(*names: str) -> list[Finding]:
        known = clusters_in(database_file.parent, *names)
        config = database_file.with_name("config.toml")
        settings = Settings(database=database_file, clusters=known, config=config)
        return list(clusters.check(Target(settings=settings, clock=services.context.clock)))

    return findings


def test_nothing_is_said_where_there_is_none(check: Check) -> None:
    assert check() == [
        Finding(Verdict.OK, "All runs on this machine: no cluster is configured", "")
    ]


@pytest.mark.usefixtures("shared")
def test_all_is_there(check: Check) -> None:
    assert check("hpc") == [FINE]


class TestFolder:
    def test_it_is_missing(self, check: Check, shared: Path) -> None:
        shared.rmdir()
        [finding] = check("hpc")
        assert finding == Finding(
            Verdict.PROBLEM,
            f"The folder {shared} of hpc is not there",
            f"Make it where all nodes see it: mkdir -p -m 700 {shared}",
        )
        shared.mkdir(0o700)
        assert check("hpc") == [FINE]

    def test_it_is_none(self, check: Check, shared: Path) -> None:
        shared.rmdir()
        shared.touch()
        [finding] = check("hpc")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == f"{shared}, which is to be the folder of hpc, is none"

    def test_what_leads_to_it_is_none(self, check: Check, shared: Path) -> None:
        shared.rmdir()
        shared.symlink_to(shared.with_name("bin") / "sbatch" / "below")
        [finding] = check("hpc")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == f"The folder {shared} of hpc cannot be looked at: Not a directory"

    def test_it_may_not_be_written(
        self, check: Check, shared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, _mode: path != shared)
        [finding] = check("hpc")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text.endswith(", and may not be written by you")

    def test_others_may_write_it(self, check: Check, shared: Path) -> None:
        shared.chmod(0o777)
        [finding] = check("hpc")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == (f"{shared} may be written by others, and hpc has its files there")
        assert finding.remedy.endswith(f"chmod o-w {shared}")

    def test_it_is_in_memory(
        self, check: Check, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table = write_table(tmp_path / "mounts", (shared.resolve(), "tmpfs"))
        monkeypatch.setattr(file_systems, "MOUNT_TABLE", table)
        [finding] = check("hpc")
        assert finding.verdict is Verdict.WARNING
        assert finding.text == (
            f"The folder {shared} of hpc is in the memory of this machine (tmpfs), which no other"
            " one sees"
        )

    def test_it_does_not_answer(
        self, check: Check, shared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        is_over = threading.Event()
        look = Path.stat

        def hangs(path: Path, **options: bool) -> os.stat_result:
            if path == shared:
                is_over.wait()
            return look(path, **options)

        monkeypatch.setattr(Path, "stat", hangs)
        monkeypatch.setattr(clusters, "_PATIENCE", 0.01)
        [finding] = check("hpc")
        is_over.set()
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == f"The folder {shared} of hpc does not answer"


@pytest.mark.usefixtures("shared")
def test_commands_are_missing(check: Check, path: Path) -> None:
    (path / "sbatch").unlink()
    (path / "sinfo").chmod(0o644)
    [finding] = check("hpc")
    assert finding.verdict is Verdict.PROBLEM
    assert finding.text == "Nothing can be handed to hpc: sbatch, sinfo not found on the PATH"
    assert "slurm-client" in finding.remedy


@pytest.mark.usefixtures("shared")
class TestGone:
    def test_a_process_names_it(self, check: Check, services: Services) -> None:
        for name in ("train", "sweep"):
            on_cluster(services, name, cluster="old")
        on_cluster(services, "here", cluster="hpc")
        [finding] = check("hpc")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == "There is no [cluster.old], which is to run sweep, train"
        assert finding.remedy.startswith("Add it to /")
        assert finding.remedy.endswith("config.toml, or edit the process")

    def test_runs_are_still_there(self, check: Check, services: Services, clock: FakeClock) -> None:
        in_every_state(with_clusters(services), clock)
        Process.update(runs_on=None).execute()
        assert check("hpc") == [FINE]
        [finding] = check()
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text == (
            "There is no [cluster.hpc], where 3 runs did not end as far as is known: 2, 3, 4"
        )
        assert finding.remedy.endswith("tui-scheduler kill 2 --force")

    def test_what_has_ended_there_is_history(self, check: Check, services: Services) -> None:
        clustered = with_clusters(services)
        claim = taken(clustered, on_cluster(clustered))
        submit(clustered, claim)
        end(clustered, claim)
        Process.update(runs_on=None).execute()
        [finding] = check()
        assert finding.verdict is Verdict.OK


def test_files_that_belong_to_no_run_are_left_alone(target: Target, shared: Path) -> None:
    """They may be those of another database."""
    folder = shared / f"{0:05d}"
    folder.mkdir(0o700)
    stray = folder / f"{RUNS_PER_FOLDER - 1}-0123abcd.log"
    stray.touch(0o600)
    os.utime(stray, (0, 0))
    known = replace(target.settings, clusters=clusters_in(shared.parent, "hpc"))
    for repairs in (False, True):
        findings = [each for _, each in examine(replace(target, settings=known), repairs=repairs)]
        assert {each.verdict for each in findings} == {Verdict.OK}
    assert stray.exists()


def test_options_that_cannot_be_read_are_told(services: Services, examined: Examine) -> None:
    on_cluster(services)
    Process.update(cluster_options="[").where(Process.name == "train").execute()
    assert any("cluster options" in each.text for each in examined()["rows"])

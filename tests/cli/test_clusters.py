"""What ``clusters`` and ``doctor`` find out of a real cluster."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.receivers import configure
from tests.slurm.cluster import Cluster


@pytest.fixture
def shared(slurm: Cluster, tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir(0o700)
    configure(f'[cluster.hpc]\nengine = "slurm"\nfolder = "{folder}"\n')
    return folder


def findings_of(cli: Cli, name: str) -> list[dict[str, str]]:
    findings: list[dict[str, str]] = json.loads(cli("doctor", "--json").out)["checks"]
    return [finding for finding in findings if finding["check"] == name]


@pytest.mark.usefixtures("shared")
def test_what_is_there_is_listed(cli: Cli, slurm: Cluster) -> None:
    done = cli("clusters", "--json")
    assert done.code == 0
    [record] = json.loads(done.out)
    assert record["nodes"] == {"idle": 3}
    assert (record["problem"], record["running"], record["waiting"]) == (None, 0, 0)
    lines = cli("clusters").out.splitlines()
    assert lines[1].split() == ["hpc", "yes", "3", "idle", "0", "0"]


@pytest.mark.usefixtures("shared")
def test_one_that_does_not_answer_says_why(cli: Cli, slurm: Cluster) -> None:
    slurm.kill_controller()
    done = cli("clusters")
    assert done.code == 1
    assert "hpc does not answer: " in done.err
    [finding] = findings_of(cli, "clusters")
    assert finding["verdict"] == "problem"
    assert finding["found"].startswith("hpc cannot be tried: ")


def test_nodes_that_see_the_folder_are_fine(cli: Cli, slurm: Cluster, shared: Path) -> None:
    cli("hold")
    findings = findings_of(cli, "clusters")
    expected = [] if slurm.no_process_escapes else ["proctrack"]
    assert [f["verdict"] for f in findings] == (["warning"] if expected else ["ok"])
    assert list(shared.iterdir()) == []


def test_a_node_that_is_down_is_not_tried(cli: Cli, slurm: Cluster, shared: Path) -> None:
    cli("hold")
    slurm.take_down(slurm.nodes[0])
    assert {finding["verdict"] for finding in findings_of(cli, "clusters")} <= {"ok", "warning"}
    done = cli("clusters", "--json")
    assert json.loads(done.out)[0]["nodes"] == {"down": 1, "idle": 2}

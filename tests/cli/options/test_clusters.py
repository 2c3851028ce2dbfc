"""Where a process runs and what is asked for it there, as it is typed, shown, refused, offered."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.receivers import configure
from tests.engine.slurm.fake_sbatch import ESTIMATE, FakeSbatch
from tui_scheduler.models import Process
from tui_scheduler.settings import config_file

CLUSTERS = """
[cluster.hpc]
engine = "slurm"
options = ["--partition=main"]
folder = "/shared/me"
[cluster.big]
engine = "slurm"
folder = "/shared/me"
"""
ADD = ("process", "add", "train", "--command", "./train.sh")
ON_HPC = ("--runs-on", "hpc", "--cluster-option=--gres=gpu:1", "--cluster-option=--time=8:00:00")
OPTIONS = ["--gres=gpu:1", "--time=8:00:00"]
NOTE = f"Note: hpc: {ESTIMATE.removeprefix('sbatch: ')}\n"


@pytest.fixture(autouse=True)
def sbatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSbatch:
    configure(CLUSTERS)
    return FakeSbatch(tmp_path / "fake", monkeypatch)


def where(cli: Cli, name: str = "train") -> list[object]:
    """What is stored of it."""
    process = cli("process", "show", name, "--json").json
    return [process["runs_on"], process["cluster_options"]]


def test_unless_it_is_said_a_process_runs_here(cli: Cli, sbatch: FakeSbatch) -> None:
    added = cli(*ADD)
    assert (added.code, added.err) == (0, "")
    assert "Runs on" not in added.out
    assert (where(cli), sbatch.calls) == ([None, []], [])


def test_it_is_kept_and_shown_and_what_the_cluster_says_is_told(
    cli: Cli, sbatch: FakeSbatch
) -> None:
    added = cli(*ADD, *ON_HPC)
    assert (added.code, added.err) == (0, NOTE)
    assert where(cli) == ["hpc", OPTIONS]
    rows = [line.split() for line in added.out.splitlines()]
    assert ["Runs", "on", "hpc"] in rows
    assert ["Cluster", "options", "--gres=gpu:1"] in rows
    assert ["--time=8:00:00"] in rows
    assert sbatch.calls == ["--test-only --no-requeue --partition=main --gres=gpu:1 --time=8:00:00"]


def test_an_edit_replaces_all_options_and_leaves_them_if_none_is_given(cli: Cli) -> None:
    cli(*ADD, *ON_HPC)
    assert cli("process", "edit", "train", "--cluster-option", "--mem=8G").code == 0
    assert where(cli) == ["hpc", ["--mem=8G"]]
    assert cli("process", "edit", "train", "--runs-on", "big").code == 0
    assert where(cli) == ["big", ["--mem=8G"]]
    assert cli("process", "edit", "train", "--cluster-option", "none").code == 0
    assert where(cli) == ["big", []]


def test_on_this_machine_there_are_no_options(cli: Cli) -> None:
    cli(*ADD, *ON_HPC)
    assert cli("process", "edit", "train", "--runs-on", "None").code == 0
    assert where(cli) == [None, []]


def test_what_stays_as_it_was_is_not_asked_again(cli: Cli, sbatch: FakeSbatch) -> None:
    cli(*ADD, *ON_HPC)
    sbatch.says("allocation failure: Requested node configuration is not available\n", 1)
    edited = cli("process", "edit", "train", "--description", "x", *ON_HPC)
    assert (edited.code, edited.err, len(sbatch.calls)) == (0, "", 1)


def test_options_that_slurm_refuses_are_a_problem_of_theirs(cli: Cli, sbatch: FakeSbatch) -> None:
    sbatch.says("allocation failure: Requested node configuration is not available\n", 1)
    refused = cli(*ADD, *ON_HPC)
    assert (refused.code, refused.err) == (
        2,
        "--cluster-option: Requested node configuration is not available\n",
    )
    assert cli("process", "list", "--json").json == []


def test_a_controller_that_does_not_answer_is_told_and_refuses_nothing(
    cli: Cli, sbatch: FakeSbatch
) -> None:
    sbatch.says("allocation failure: Unable to contact slurm controller (connect failure)\n", 1)
    added = cli(*ADD, *ON_HPC)
    assert (added.code, added.err) == (
        0,
        (
            "Note: hpc does not answer now: the options are not checked"
            " (Unable to contact slurm controller (connect failure))\n"
        ),
    )
    assert where(cli) == ["hpc", OPTIONS]


def test_without_sbatch_there_is_a_remedy(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    refused = cli(*ADD, *ON_HPC)
    assert (refused.code, refused.err) == (
        2,
        (
            "--runs-on: hpc needs sbatch, and there is no sbatch on the PATH: install Slurm's tools"
            " (Debian: slurm-client), or choose this machine\n"
        ),
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--runs-on", "hcp"],
            (
                "--runs-on: there is no [cluster.hcp] in {config}: use hpc or big, add it, or use"
                " none"
            ),
        ),
        (
            ["--runs-on", ""],
            "--runs-on: may have letters, digits, '.', '-' and '_' only",
        ),
        (
            ["--cluster-option=--mem=1G"],
            "--cluster-option: are for a cluster: choose one, or remove them",
        ),
        (
            ["--runs-on=hpc", "--cluster-option=--arr=1-3"],
            (
                "--cluster-option: cannot hold --arr=1-3 (--array): a run is one job: make a"
                " process for each, or give it a parameter"
            ),
        ),
        (
            ["--runs-on=hpc", "--cluster-option=mem=1G"],
            (
                "--cluster-option: must each begin with a dash and hold their value, such as"
                " --mem=1G: 'mem=1G'"
            ),
        ),
    ],
)
@pytest.mark.parametrize("first", [ADD, ("add", "--when", "daily at 7")])
def test_what_cannot_be_is_refused(
    cli: Cli, sbatch: FakeSbatch, first: list[str], options: list[str], told: str
) -> None:
    command = ("--", "true") if first[0] == "add" else ()
    refused = cli(*first, *options, *command)
    assert refused.err.splitlines()[-1] == told.format(config=config_file())
    assert (refused.code, sbatch.calls) == (2, [])
    assert cli("process", "list", "--json").json == []


def test_where_no_cluster_is_configured_that_is_said(cli: Cli) -> None:
    configure("")
    refused = cli(*ADD, *ON_HPC)
    assert refused.err == (
        f"--runs-on: there is no [cluster.hpc] in {config_file()}: add it, or use none\n"
    )


def test_a_process_whose_cluster_is_gone_can_be_made_inactive_and_not_active(cli: Cli) -> None:
    cli(*ADD, *ON_HPC)
    configure("")
    assert cli("process", "edit", "train", "--description", "x").code == 2
    assert cli("process", "edit", "train", "--inactive").code == 0
    assert where(cli) == ["hpc", OPTIONS]
    refused = cli("process", "edit", "train", "--active")
    assert (refused.code, refused.err[:37]) == (2, "--runs-on: there is no [cluster.hpc] ")
    assert cli("process", "edit", "train", "--active", "--runs-on", "none").code == 0


class TestAdd:
    def test_a_command_in_one_line_can_run_there(self, cli: Cli) -> None:
        added = cli("add", "--when", "daily at 7", *ON_HPC, "--", "./train.sh")
        assert added.code == 0
        assert NOTE in added.err
        assert where(cli, "train.sh") == ["hpc", OPTIONS]

    def test_what_slurm_refuses_is_not_stored(self, cli: Cli, sbatch: FakeSbatch) -> None:
        sbatch.says("sbatch: error: Invalid --time specification\n", 255)
        refused = cli("add", "--when", "daily at 7", *ON_HPC, "--", "./train.sh")
        assert refused.code == 2
        assert refused.err.endswith("--cluster-option: Invalid --time specification\n")
        assert cli("process", "list", "--json").json == []

    def test_what_fires_too_often_for_a_cluster_is_said(self, cli: Cli) -> None:
        often = ("add", "--when", "every 10s")
        warning = "Note: Slurm takes seconds to start a run: an interval of 10 s is short, choose"
        assert warning in cli(*often, *ON_HPC, "--", "true").err
        assert warning not in cli(*often, "--", "true").err


class TestFiles:
    def test_it_is_exported_and_applied_as_it_was(self, cli: Cli, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        cli(*ADD, *ON_HPC)
        cli("export", file)
        assert 'runs_on = "hpc"\ncluster_options = [\n' in file.read_text()
        cli("process", "edit", "train", "--runs-on", "none")
        planned = cli("apply", file, "--dry-run")
        assert "    runs_on: (default) -> hpc\n" in planned.out
        assert "    cluster_options: (default) -> --gres=gpu:1, --time=8:00:00\n" in planned.out
        assert cli("apply", file).code == 0
        assert where(cli) == ["hpc", OPTIONS]

    def test_where_it_is_not_said_a_file_is_as_it_was(self, cli: Cli) -> None:
        cli(*ADD)
        assert cli("export").out.endswith('[process.train]\ncommand = "./train.sh"\n')

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            ('runs_on = "hcp"', "runs_on: there is no [cluster.hcp] in "),
            ('runs_on = ""', "runs_on: may have letters"),
            ("runs_on = 1", 'runs_on: is a number: write text in quotes, such as "backup"'),
            ('cluster_options = ["--mem=1G"]', "cluster_options: are for a cluster"),
            ('cluster_options = "--mem=1G"', "cluster_options: is no list of texts"),
            ('runs_on = "hpc"\ncluster_options = ["-J x"]', "cluster_options: must each begin"),
            ('runs_on = "hpc"\ncluster_options = ["-Jx"]', "cluster_options: cannot hold -Jx (--"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(
        self, cli: Cli, tmp_path: Path, lines: str, message: str
    ) -> None:
        file = tmp_path / "x.toml"
        file.write_text(f'format = 1\n[process.train]\ncommand = "true"\n{lines}\n')
        refused = cli("apply", file)
        assert refused.code == 2
        assert refused.err.startswith(f'process "train": {message}')

    def test_a_group_has_neither(self, cli: Cli, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        file.write_text('format = 1\n[group.nightly]\nruns_on = "hpc"\n')
        assert 'group "nightly": runs_on: is not known here' in cli("apply", file).err


def test_damaged_options_are_shown_and_can_be_repaired(cli: Cli, stored: Opened) -> None:
    cli(*ADD, *ON_HPC)
    with stored():
        Process.update(cluster_options='["--mem').execute()
    assert where(cli) == ["hpc", ['["--mem']]
    assert cli("export").code == 1
    assert cli("process", "edit", "train", "--cluster-option=--mem=1G").code == 0
    assert cli("export").code == 0

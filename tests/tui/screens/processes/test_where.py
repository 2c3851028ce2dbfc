"""Where a process runs is chosen, what is asked for it is typed, and the cluster has its say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.slurm.fake_sbatch import ESTIMATE, FakeSbatch
from tests.services.drafts import process_draft
from tests.tui.conftest import OpenRuntime
from tests.tui.on_screen import screenful_of
from tests.tui.screens.forms.filling import FormPilot, opened_form, process_form
from tests.tui.textual_inside import notifications
from tui_scheduler.clusters import Cluster
from tui_scheduler.models import Process
from tui_scheduler.services import Services
from tui_scheduler.services.processes import draft_of
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.processes.form import ProcessForm

HPC = Cluster(name="hpc", engine="slurm", options=("--partition=main",), folder=Path("/shared"))
BIG = Cluster(name="big", engine="slurm", folder=Path("/shared"))
NOTE = f"hpc: {ESTIMATE.removeprefix('sbatch: ')}"
NODES = "Requested node configuration is not available"
REFUSED = f"allocation failure: {NODES}\n"
SILENT = "allocation failure: Unable to contact slurm controller (connect failure)\n"

pytestmark = pytest.mark.usefixtures("_no_pause")


@pytest.fixture
def clusters() -> Mapping[str, Cluster]:
    return {"hpc": HPC, "big": BIG}


@pytest.fixture
def settings(new_database: Path, clusters: Mapping[str, Cluster]) -> Settings:
    return Settings(database=new_database, clusters=clusters, config=Path("/etc/of/ours.toml"))


@pytest.fixture(autouse=True)
def sbatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSbatch:
    monkeypatch.setattr("tui_scheduler.tui.screens.processes.where._PAUSE", 0)
    return FakeSbatch(tmp_path / "fake", monkeypatch)


def edit(runtime: Any) -> ProcessForm:
    return ProcessForm(runtime, 1)


def on_hpc(services: Services) -> None:
    services.processes.create(process_draft(runs_on="hpc", cluster_options=("--mem=1G", "-n4")))


def on_one_that_is_gone(services: Services) -> None:
    services.processes.create(process_draft())
    Process.update(runs_on="old", cluster_options='["--mem=1G"]').execute()


async def stored(form: FormPilot) -> tuple[str | None, tuple[str, ...]]:
    runtime = form.form.runtime
    (view,) = await runtime.read(runtime.services.processes.all)
    return view.runs_on, view.cluster_options


def cluster_fields(form: FormPilot) -> set[str]:
    return form.visible_fields & {"runs_on", "cluster_options"}


async def test_options_are_asked_for_where_a_cluster_is_chosen(
    a_runtime: OpenRuntime, sbatch: FakeSbatch
) -> None:
    async with opened_form(a_runtime, process_form) as form:
        assert cluster_fields(form) == {"runs_on"}
        await form.fill({"name": "train", "command": "./train.sh", "runs_on": "hpc"})
        assert cluster_fields(form) == {"runs_on", "cluster_options"}
        await form.fill({"cluster_options": "--gres=gpu:1\n\n --comment=a b \n"})
        assert form.field("cluster_options").note == NOTE
        asked = "--test-only --no-requeue --partition=main"
        assert sbatch.calls == [asked, f"{asked} --gres=gpu:1 --comment=a b"]
        await form.press("ctrl+s")
        assert await stored(form) == ("hpc", ("--gres=gpu:1", "--comment=a b"))


async def test_what_nothing_was_changed_of_is_not_asked_again(
    a_runtime: OpenRuntime, sbatch: FakeSbatch
) -> None:
    async with opened_form(a_runtime, process_form) as form:
        await form.fill({"runs_on": "hpc", "name": "train", "command": "x"})
        await form.fill({"description": "y", "retries": "2"})
        assert len(sbatch.calls) == 1


async def test_all_of_it_is_seen(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, on_hpc, size=(100, 50)) as form:
        assert (form.problems, form.form.is_changed) == ({}, False)
        lines = [line.strip() for line in screenful_of(form.form).splitlines()]
        (runs_on,) = [line for line in lines if "Runs on" in line]
        assert "○ This machine  ● hpc  ○ big" in runs_on
        (options,) = [line for line in lines if " Options" in line]
        assert "--mem=1G" in options
        await form.press("ctrl+s")
        assert await stored(form) == ("hpc", ("--mem=1G", "-n4"))


async def test_on_this_machine_options_are_dropped_but_only_when_it_is_saved(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, on_hpc) as form:
        await form.fill({"runs_on": ""})
        assert cluster_fields(form) == {"runs_on"}
        await form.fill({"runs_on": "big"})
        assert form.field("cluster_options").value == "--mem=1G\n-n4"
        await form.fill({"runs_on": ""})
        await form.press("ctrl+s")
        assert await stored(form) == (None, ())


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("--array=1-3", "cannot hold --array=1-3: a run is one job"),
        ("--mem 1G", "must each begin with a dash and hold their value"),
        ("--mem=1G --time=8", "must each begin with a dash and hold their value"),
    ],
)
async def test_what_is_no_option_is_told_and_the_cluster_not_asked(
    a_runtime: OpenRuntime, sbatch: FakeSbatch, typed: str, problem: str
) -> None:
    async with opened_form(a_runtime, process_form) as form:
        form.put({"cluster_options": typed, "runs_on": "hpc"})
        await form.settle()
        assert form.problems["cluster_options"].startswith(problem)
        assert sbatch.calls == []


async def test_what_slurm_refuses_is_told_while_one_types_and_not_saved(
    a_runtime: OpenRuntime, sbatch: FakeSbatch
) -> None:
    sbatch.says(REFUSED, 1)
    async with opened_form(a_runtime, process_form) as form:
        await form.fill({"name": "train", "command": "x", "runs_on": "hpc"})
        await form.fill({"cluster_options": "--cpus-per-task=64"})
        assert form.problems == {"cluster_options": NODES}
        await form.press("ctrl+s")
        assert form.is_open
        assert form.form.focused is form.field("cluster_options").control
        sbatch.says(ESTIMATE)  # somebody has added a node
        await form.press("ctrl+s")
        assert await stored(form) == ("hpc", ("--cpus-per-task=64",))


async def test_a_controller_that_does_not_answer_is_told_and_it_is_saved(
    a_runtime: OpenRuntime, sbatch: FakeSbatch
) -> None:
    sbatch.says(SILENT, 1)
    async with opened_form(a_runtime, process_form) as form:
        await form.fill({"name": "train", "command": "x", "runs_on": "hpc"})
        message = "hpc does not answer now: the options are not checked ("
        assert form.field("cluster_options").note.startswith(message)
        assert form.problems == {}
        await form.press("ctrl+s")
        assert not form.is_open
        (toast,) = notifications(form.pilot.app)
        assert str(toast.message).startswith(message)
        assert await stored(form) == ("hpc", ())


async def test_without_sbatch_there_is_a_remedy(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    async with opened_form(a_runtime, process_form) as form:
        await form.fill({"name": "train", "command": "x", "runs_on": "hpc"})
        assert list(form.problems) == ["runs_on"]
        assert "install Slurm's tools" in form.problems["runs_on"]


async def test_what_is_stored_can_be_saved_though_the_cluster_refuses_it_now(
    a_runtime: OpenRuntime, sbatch: FakeSbatch
) -> None:
    sbatch.says(REFUSED, 1)
    async with opened_form(a_runtime, edit, on_hpc) as form:
        assert (form.problems, form.field("cluster_options").note) == ({}, NODES)
        await form.fill({"description": "other"})
        await form.press("ctrl+s")
        assert not form.is_open


async def test_a_cluster_that_is_gone_is_shown_and_can_be_left(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, on_one_that_is_gone) as form:
        gone = "there is no [cluster.old] in /etc/of/ours.toml: use hpc or big, add it, or use none"
        assert form.problems == {"runs_on": gone}
        assert form.field("runs_on").value == "old"
        await form.fill({"runs_on": "big"})
        await form.press("ctrl+s")
        assert await stored(form) == ("big", ("--mem=1G",))


async def test_one_that_is_not_active_may_keep_it(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, on_one_that_is_gone) as form:
        await form.fill({"active": False})
        assert form.problems == {}
        assert form.field("runs_on").note.startswith("there is no [cluster.old] in ")
        await form.press("ctrl+s")
        assert await stored(form) == ("old", ("--mem=1G",))


class TestWithoutClusters:
    @pytest.fixture
    def clusters(self) -> Mapping[str, Cluster]:
        return {}

    async def test_the_form_knows_nothing_of_them(
        self, a_runtime: OpenRuntime, sbatch: FakeSbatch
    ) -> None:
        async with opened_form(a_runtime, process_form) as form:
            assert cluster_fields(form) == set()
            await form.fill({"name": "train", "command": "x"})
            await form.press("ctrl+s")
            assert await stored(form) == (None, ())
            assert sbatch.calls == []

    async def test_unless_a_process_names_one(self, a_runtime: OpenRuntime) -> None:
        async with opened_form(a_runtime, edit, on_one_that_is_gone) as form:
            assert cluster_fields(form) == {"runs_on", "cluster_options"}
            assert list(form.problems) == ["runs_on"]
            await form.fill({"runs_on": ""})
            assert cluster_fields(form) == {"runs_on"}
            await form.press("ctrl+s")
            assert await stored(form) == (None, ())


async def test_a_clone_takes_it_along(a_runtime: OpenRuntime) -> None:
    def clone(runtime: Any) -> ProcessForm:
        return ProcessForm(runtime, 1, clone=True)

    async with opened_form(a_runtime, clone, on_hpc) as form:
        await form.fill({"name": "other"})
        await form.press("ctrl+s")
        runtime = form.form.runtime
        views = await runtime.read(runtime.services.processes.all)
        before, after = (draft_of(view) for view in views)
        assert before.cluster_inputs == after.cluster_inputs

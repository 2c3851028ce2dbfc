"""What Slurm says of a run before there is any, in its own words, and what is made of them."""

from pathlib import Path

import pytest

from tests.engine.slurm.fake_sbatch import ESTIMATE, FakeSbatch
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.slurm import checking
from tui_scheduler.errors import Refused
from tui_scheduler.services.drafts import ProcessDraft

DRAFT = ProcessDraft(name="train", command="./train.sh", runs_on="hpc")
HPC = Cluster(name="hpc", engine="slurm", options=("--partition=main",), folder=Path("/shared"))


@pytest.fixture
def sbatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSbatch:
    return FakeSbatch(tmp_path / "fake", monkeypatch)


async def answer_to(*options: str) -> str:
    return await checking.test_only(HPC, options, DRAFT)


async def test_when_and_where_it_would_begin_is_told(sbatch: FakeSbatch) -> None:
    assert await answer_to("--mem=4G", "--comment=a b") == ESTIMATE.removeprefix("sbatch: ")
    assert sbatch.calls == ["--test-only --no-requeue --partition=main --mem=4G --comment=a b"]


async def test_it_may_say_nothing(sbatch: FakeSbatch) -> None:
    sbatch.says("")
    assert await answer_to() == ""


async def test_warnings_come_along(sbatch: FakeSbatch) -> None:
    sbatch.says(f"sbatch: warning: can't honor --ntasks-per-node\n{ESTIMATE}\n")
    assert (await answer_to()).startswith(
        "warning: can't honor --ntasks-per-node; Job 3 to start at"
    )


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (
            "sbatch: unrecognized option '--foo'\nTry \"sbatch --help\" for more information\n",
            255,
            "unrecognized option '--foo'",
        ),
        ("sbatch: error: Invalid --time specification\n", 255, "Invalid --time specification"),
        (
            (
                "sbatch: error: invalid partition specified: nope\n"
                "allocation failure: Invalid partition name specified\n"
            ),
            1,
            "invalid partition specified: nope; Invalid partition name specified",
        ),
        (
            "allocation failure: Requested node configuration is not available\n",
            1,
            "Requested node configuration is not available",
        ),
        ("", 7, "sbatch ends with code 7 and says nothing"),
    ],
)  # fmt: skip
async def test_what_it_refuses_is_told_in_its_own_words(
    sbatch: FakeSbatch, text: str, code: int, sentence: str
) -> None:
    sbatch.says(text, code)
    with pytest.raises(Refused) as refused:
        await answer_to("--foo")
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "allocation failure: Unable to contact slurm controller (connect failure)\n",
            "Unable to contact slurm controller (connect failure)",
        ),
        (
            (
                "sbatch: error: fetch_config: DNS SRV lookup failed\n"
                "sbatch: fatal: Could not establish a configuration source\n"
            ),
            ("fetch_config: DNS SRV lookup failed; Could not establish a configuration source"),
        ),
        ("allocation failure: Protocol authentication error\n", "Protocol authentication error"),
        (
            "allocation failure: Slurm backup controller in standby mode\n",
            "Slurm backup controller in standby mode",
        ),
        (
            "allocation failure: Socket timed out on send/recv operation\n",
            "Socket timed out on send/recv operation",
        ),
    ],
)
async def test_a_controller_that_does_not_answer_refuses_nothing(
    sbatch: FakeSbatch, text: str, why: str
) -> None:
    sbatch.says(text, 1)
    with pytest.raises(checking.Undecided) as undecided:
        await answer_to()
    assert str(undecided.value) == (f"hpc does not answer now: the options are not checked ({why})")


async def test_neither_does_what_is_so_for_now(sbatch: FakeSbatch) -> None:
    sbatch.says("allocation failure: Required partition not available (inactive or drain)\n", 1)
    with pytest.raises(checking.Undecided, match="hpc takes no such run now: Required partition"):
        await answer_to()


async def test_words_that_are_no_text_are_told_as_well_as_can_be(sbatch: FakeSbatch) -> None:
    sbatch.says("", 1, first="printf 'sbatch: error: \\377\\n' >&2")
    with pytest.raises(Refused, match=r"^\ufffd$"):
        await answer_to()


async def test_nobody_waits_longer_than_the_limit(
    sbatch: FakeSbatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "ANSWER_TIME", 0.0)
    sbatch.says(ESTIMATE, first="sleep 1000")
    with pytest.raises(checking.Undecided, match="hpc does not answer now"):
        await answer_to()


async def test_one_that_is_killed_refuses_nothing(sbatch: FakeSbatch) -> None:
    sbatch.says(ESTIMATE, first="kill -9 $$")
    with pytest.raises(checking.Undecided, match="sbatch ended by signal 9"):
        await answer_to()


@pytest.mark.parametrize("mode", [None, 0o644])
async def test_without_sbatch_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if mode is not None:
        (tmp_path / "sbatch").touch(mode)
    with pytest.raises(checking.NotInstalled, match=r"install Slurm's tools .*or choose this"):
        await answer_to()

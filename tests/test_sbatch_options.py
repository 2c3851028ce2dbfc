"""Which options a cluster may be asked for: none that is ours, however it is written."""

import pytest

from tui_scheduler.clusters import LONGEST_OPTION, MOST_OPTIONS, cluster_of, refuse_odd_options

OURS = [
    "--array=1-3", "--arr=1-3", "-a1-3", "-a", "--wrap=true", "--job-name=x", "-Jx", "-J=x",
    "--jo=x", "--output=/x", "-o/x", "--error=/x", "-e/x", "--input=/x", "-i/x",
    "--open-mode=truncate",
    "--parsable", "--pars", "--wait", "-W", "--test-only", "--test", "--requeue", "--req",
    "--chdir=/", "-D/", "--export=NONE", "--exp=NONE", "--export-file=/x", "--help", "-h",
    "--usage", "--version", "-V", "--verbose", "-v", "-vv", "--quiet", "-Q", "--hold", "-H",
    "--begin=now",
    "-bnow", "--dependency=singleton", "-dsingleton", "--clusters=x", "--cluster=x", "-Mx",
    "--uid=0", "--gid=0", "--autocomplete=--a", "-OHsJx", "-sa1-3", "--w", "--e=1", "--h",
]  # fmt: skip
FINE = [
    "--partition=main", "-pmain", "--gres=gpu:1", "--time=8:00:00", "-t8:00", "--mem=1G", "-n4",
    "--no-requeue", "--no-kill=off", "-k", "-kJx", "--nice", "-s", "-Os", "--exclusive",
    "--exclude=n1", "--extra-node-info=2", "--wckey=x", "--wait-all-nodes=1", "--mail-type=END",
    "--comment=a b", "--comment=it's -5 °C", "--cluster-constraint=x", "--get-user-env", "-AHJ",
    "--signal=B:TERM@60", "--of-a-later-version", "--hint=nomultithread", "--deadline=now+1day",
    "-N2", "--nodes=2", "--part=main",
]  # fmt: skip
ODD = {
    "mem=1G": "must each begin with a dash",
    "": "must each begin with a dash",
    "-": "must each begin with a dash",
    "--=x": "must each begin with a dash and hold their value",
    "--": "must each begin with a dash",
    " --mem=1G": "must each begin with a dash",
    "\N{EN DASH}mem=1G": "must each begin with a dash",
    "--time 8:00:00": "must each begin with a dash and hold their value",
    "-p main": "must each begin with a dash and hold their value",
    "--gres=gpu:1 --time=8:00:00": "must each begin with a dash and hold their value",
    "--gres=gpu:1 -t8": "must each begin with a dash and hold their value",
    "--mem=1G\n": "must be printable",
    "--comment=\x1b[31m": "must be printable",
    "--comment=\0": "must be printable",
    "--comment=\udcff": "must be printable",
    "--mem=1G ": "must not end with a space",
    "--comment=" + "x" * LONGEST_OPTION: "must each have at most 1000 characters",
}


@pytest.mark.parametrize("option", OURS)
def test_what_is_ours_is_refused_and_why(option: str) -> None:
    with pytest.raises(ValueError, match=r"^cannot hold .+: .+") as refused:
        refuse_odd_options(["--mem=1G", option])
    assert option in str(refused.value)


@pytest.mark.parametrize("option", FINE)
def test_all_else_is_the_business_of_slurm(option: str) -> None:
    assert refuse_odd_options([option, option]) == (option, option)


@pytest.mark.parametrize("option", ODD)
def test_what_is_no_option_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"^{ODD[option]}") as refused:
        refuse_odd_options([option])
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


def test_an_abbreviation_says_of_what() -> None:
    with pytest.raises(ValueError, match=r"^cannot hold --arr=1-3 \(--array\): a run is one job"):
        refuse_odd_options(["--arr=1-3"])


def test_there_is_a_limit() -> None:
    assert len(refuse_odd_options(["--mem=1G"] * MOST_OPTIONS)) == MOST_OPTIONS
    with pytest.raises(ValueError, match=r"^are more than 100"):
        refuse_odd_options(["--mem=1G"] * (MOST_OPTIONS + 1))


def test_it_holds_for_those_of_a_cluster_too() -> None:
    table = {"engine": "slurm", "folder": "/shared", "options": ["--mem=1G"]}
    assert cluster_of("hpc", table).options == ("--mem=1G",)
    with pytest.raises(ValueError, match=r"^options cannot hold --array=1-3: "):
        cluster_of("hpc", {**table, "options": ["--array=1-3"]})


@pytest.mark.parametrize("name", ["none", "None"])
def test_no_cluster_is_called_as_this_machine_is(name: str) -> None:
    with pytest.raises(ValueError, match=r"^its name may not be 'none', which is this machine"):
        cluster_of(name, {"engine": "slurm", "folder": "/shared"})

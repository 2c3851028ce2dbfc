"""Runs on a cluster, as commands tell of them: where they are, as what, and why they wait there."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.completing.test_completion import Ask, ask, values
from tests.cli.conftest import Cli, Opened
from tests.cli.runs.test_feed import Follow, follow
from tests.services.clusters import (
    begin,
    end,
    in_every_state,
    on_cluster,
    submit,
    taken,
    with_clusters,
)
from tests.services.drafts import a_request
from tests.support.clock import NOON, FakeClock
from tui_scheduler.cli.runs.feed import story
from tui_scheduler.cli.serving.journal import Journal, LogFormat
from tui_scheduler.cli.session import Session
from tui_scheduler.services import Services
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.settings import config_file

__all__ = ["ask", "follow"]  # fixtures
NOW = NOON.replace(minute=2, second=38)
"""When the last of them was taken."""


@pytest.fixture
def known(new_database: Path) -> None:
    """A configuration with a cluster ``hpc``."""
    config_file().parent.mkdir(parents=True, exist_ok=True)
    folder = new_database.with_name("hpc")
    config_file().write_text(f'[cluster.hpc]\nengine = "slurm"\nfolder = "{folder}"\n')


@pytest.fixture
def there(known: None, stored: Opened, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs 1 (ended), 2 (begun), 3 (waits) and 4 (was just taken) on the cluster; 5 on none."""
    with stored() as services:
        clustered = with_clusters(services, clock=clock)
        in_every_state(clustered, clock)
        a_request(clustered)
        clustered.runs.trigger(clustered.requests.all()[-1].id)
    monkeypatch.setattr(Session, "now", lambda _: NOW)


def column(cli: Cli, title: str) -> dict[int, str]:
    """What stands in a column of ``runs``, by number."""
    header, *lines = cli("runs").out.splitlines()
    begin = header.index(title)
    width = header[begin:].split("  ")[0]
    rest = header[begin + len(width) :]
    stop = begin + len(width) + len(rest) - len(rest.lstrip()) if rest.strip() else None
    return {int(line.split()[0]): line[begin:stop].strip() for line in lines}


@pytest.mark.usefixtures("there")
class TestTable:
    def test_it_says_where_and_why_it_waits_there(self, cli: Cli) -> None:
        header, *_ = cli("runs").out.splitlines()
        assert header.split() == [
            "RUN", "STATUS", "PROCESS", "WHERE", "REQ", "START", "DURATION", "EXIT"
        ]  # fmt: skip
        assert column(cli, "WHERE") == {
            5: "-",
            4: "hpc",
            3: "hpc: waiting (Resources)",
            2: "hpc:n2",
            1: "hpc:n1",
        }
        assert column(cli, "STATUS") == {
            5: "queued",
            4: "queued",
            3: "submitted",
            2: "running",
            1: "success",
        }

    def test_only_if_any_of_them_is_on_a_cluster(self, cli: Cli) -> None:
        assert "WHERE" not in cli("runs", "--process", "backup").out


@pytest.mark.usefixtures("there")
class TestRecord:
    def test_of_what_waits_there(self, cli: Cli) -> None:
        run = cli("run", "show", 3, "--json").json
        assert (run["status"], run["place"], run["job"]) == ("queued", "hpc", "4713")
        assert run["submitted_at"] == "2026-03-02T13:00:00+01:00"
        assert (run["start_time"], run["duration"], run["note"]) == (None, None, "Resources")
        assert "/hpc/00000/3-" in run["log_path"]

    def test_of_what_has_begun_there(self, cli: Cli) -> None:
        run = cli("run", "show", 2, "--json").json
        assert (run["status"], run["place"], run["job"]) == ("processing", "hpc:n2", "4712")
        assert run["submitted_at"] == "2026-03-02T13:00:00+01:00"
        assert run["start_time"] == "2026-03-02T13:02:08+01:00"
        assert run["duration"] == 30.0

    def test_of_this_machine(self, cli: Cli) -> None:
        run = cli("run", "show", 5, "--json").json
        assert (run["place"], run["job"], run["submitted_at"]) == ("", None, None)


@pytest.mark.usefixtures("there")
class TestShow:
    def facts_of(self, cli: Cli, run: int) -> dict[str, str]:
        lines = (line.split("  ", 1) for line in cli("run", "show", run).out.splitlines())
        return {name: value.strip() for name, value in lines}

    def test_what_waits_there(self, cli: Cli) -> None:
        facts = self.facts_of(cli, 3)
        assert facts["Status"] == "submitted"
        assert (facts["Where"], facts["Job"]) == ("hpc: waiting (Resources)", "4713")
        assert facts["Submitted at"] == "2026-03-02 13:00:00+01:00"
        assert facts["Waits for"] == "00:02:38.000"
        assert (facts["Start"], facts["Duration"], facts["Note"]) == ("-", "-", "-")

    def test_what_has_begun_there(self, cli: Cli) -> None:
        facts = self.facts_of(cli, 2)
        assert (facts["Where"], facts["Job"]) == ("hpc:n2", "4712")
        assert (facts["Waited"], facts["Duration"]) == ("00:02:08.000", "00:00:30.000")

    def test_what_is_on_its_way(self, cli: Cli) -> None:
        facts = self.facts_of(cli, 4)
        assert (facts["Status"], facts["Where"]) == ("queued", "hpc")
        assert facts.keys().isdisjoint({"Job", "Submitted at", "Waited", "Waits for"})

    def test_what_has_nothing_to_do_with_clusters(self, cli: Cli) -> None:
        assert self.facts_of(cli, 5).keys().isdisjoint({"Where", "Job", "Submitted at", "Waited"})


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--where", "hpc"], [4, 3, 2, 1]),
        (["--where", "hpc:n1"], [1]),
        (["--where", "hpc:n9"], []),
        (["--where", "here"], [5]),
        (["--where", "hpc", "--limit", "2"], [4, 3]),
        (["--where", "hpc", "--status", "success"], [1]),
        (["--where", "hpc", "--process", "begun"], [2]),
        (["--where", "hpc", "--since", "2020-01-01"], [4, 3, 2, 1]),
        (["--status", "queued"], [5, 4, 3]),
        (["--status", "submitted"], [3]),
        (["--status", "Submitted", "--status", "running"], [3, 2]),
        (["--status", "submitted", "--where", "here"], []),
    ],
)
def test_filters(cli: Cli, options: list[str], expected: list[int]) -> None:
    listed = cli("runs", *options, "--json")
    assert listed.code == 0, listed.err
    assert [run["id"] for run in listed.json] == expected


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ("hpd", 3, "There is no cluster 'hpd'. Runs can be in: here, hpc."),
        ("here:n1", 3, "There is no cluster 'here'."),
        ("", 2, "--where: must be a cluster, or one of its nodes (hpc:n3), or here, this machine"),
        ("hpc:", 2, "--where: must be a cluster"),
        (":n1", 2, "--where: must be a cluster"),
    ],
)
def test_what_names_no_cluster_is_refused(cli: Cli, where: str, code: int, message: str) -> None:
    refused = cli("runs", "--where", where)
    assert (refused.code, refused.out) == (code, "")
    assert message in refused.err


@pytest.mark.usefixtures("there")
def test_a_cluster_that_is_not_configured_any_more_has_a_history(cli: Cli) -> None:
    config_file().unlink()
    assert len(cli("runs", "--where", "hpc", "--json").json) == 4


@pytest.mark.usefixtures("known")
def test_a_cluster_without_runs_has_none(cli: Cli) -> None:
    listed = cli("runs", "--where", "hpc")
    assert (listed.code, listed.err) == (0, "There are no such runs.\n")


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("", ["here", "hpc", "hpc\\:n2"]),
        ("he", ["here"]),
        ("hpc:", ["n2"]),
        ("x", []),
    ],
)
def test_a_shell_offers_clusters_and_where_runs_are(
    ask: Ask, begun: str, offered: list[str]
) -> None:
    assert values(ask(f"runs --where {begun}")) == offered


@pytest.mark.usefixtures("there")
def test_the_status_line_tells_what_waits_there_from_what_waits_here(cli: Cli) -> None:
    line = cli("status").out
    assert " · 1 running · 1 submitted · 2 queued" in line
    status = cli("status", "--json").json
    assert (status["running"], status["submitted"], status["queued"]) == (1, 1, 3)


def test_no_cluster_is_called_as_this_machine_is(cli: Cli) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text('[cluster.here]\nengine = "slurm"\nfolder = "/shared"\n')
    refused = cli("runs")
    assert refused.code == 2
    assert "cluster.here: its name may not be 'here', which is this machine" in refused.err


@pytest.mark.usefixtures("there")
def test_serve_says_where_one_began(stored: Opened) -> None:
    lines: list[str] = []
    journal = Journal(LogFormat.TEXT, "UTC", lines.append)
    with stored() as services:
        for run_id in (1, 2):
            for happening in story(services.runs.get(run_id)):
                journal.tell(happening)
    assert lines == [
        "run 1 of ended: started, on hpc:n1, job 4711",
        "run 1 of ended: success after 00:00:30.000",
        "run 2 of begun: started, on hpc:n2, job 4712",
    ]


@pytest.mark.usefixtures("there")
class TestStopping:
    def test_where_the_cluster_is_not_configured_any_more_it_is_refused(self, cli: Cli) -> None:
        config_file().unlink()
        refused = cli("kill", 3)
        assert refused.code == 1
        assert refused.err == (
            "Run 3 is in the cluster 'hpc', which is not in the configuration: add [cluster.hpc] to"
            f" {config_file()}. If nothing of it is left, have it recorded as lost:"
            " tui-scheduler kill 3 --force\n"
        )
        assert cli("run", "show", 3, "--json").json["kill_request"] is None

    @pytest.mark.parametrize("run", [2, 3])
    def test_there_it_can_be_given_up(self, cli: Cli, run: int) -> None:
        config_file().unlink()
        given_up = cli("kill", run, "--force", "--json")
        assert given_up.code == 0
        assert given_up.json["status"] == "lost"
        assert "the cluster 'hpc', which is not in the configuration" in given_up.json["note"]


class TestFollowing:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ([], ["start hpc:n3", "end hpc:n3", "start ", "end "]),
            (["--where", "hpc"], ["start hpc:n3", "end hpc:n3"]),
            (["--where", "hpc:n3"], ["start hpc:n3", "end hpc:n3"]),
            (["--where", "hpc:n1"], []),
            (["--where", "here"], ["start ", "end "]),
        ],
    )
    @pytest.mark.usefixtures("known")
    def test_a_place_is_known_when_it_begins(
        self,
        follow: Follow,
        stored: Opened,
        clock: FakeClock,
        options: list[str],
        expected: list[str],
    ) -> None:
        claims: list[Claim] = []

        def step(work: Callable[[Services], object]) -> Callable[[], None]:
            """What another program does meanwhile."""

            def carry_out() -> None:
                clock.advance(seconds=1)
                with stored() as services:
                    work(with_clusters(services, clock=clock))

            return carry_out

        def take(services: Services) -> None:
            there = on_cluster(services)
            claims.extend(taken(services, each) for each in (there, a_request(services).id))

        def run_here(services: Services) -> None:
            services.dispatch.started(claims[1].run_id, clock.now(), 4711, "handle")
            end(services, claims[1])

        followed = follow(
            [*options, "--json"],
            step(take),
            step(lambda services: submit(services, claims[0])),
            step(lambda services: begin(services, claims[0])),
            step(lambda services: end(services, claims[0])),
            step(run_here),
        )
        documents = map(json.loads, followed.out.splitlines())
        assert [f"{each['event']} {each['place']}" for each in documents] == expected

    @pytest.mark.usefixtures("there")
    def test_a_line_says_where(self, follow: Follow) -> None:
        lines = follow(["--since", "2020-01-01", "--where", "hpc"]).out.splitlines()
        assert [line.split()[5:] for line in lines] == [
            ["hpc:n1"],
            ["hpc:n2"],
            ["00:00:30.000", "hpc:n1"],
        ]

"""Requests that await a boot or the end of another run, on the command line."""

import pytest

from tests.cli.conftest import Cli, Opened
from tests.services.drafts import ALL_RUNS
from tui_scheduler.models import RunStatus
from tui_scheduler.services.running.run_ending import Ending


def add_report(cli: Cli, *options: str) -> None:
    cli("process", "add", "report", "--command", "true")
    added = cli("request", "add", "--process", "report", *options, "--schedule")
    assert added.code == 0, added.err


class TestAfter:
    def test_its_fields_are_options_and_json(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--timing", "after", "--follows", "backup", "--outcome", "failure")
        request = cli("request", "show", "report", "--json").json
        assert (request["timing"], request["follows"], request["outcome"]) == (
            "after",
            "backup",
            "failure",
        )
        assert (request["status"], request["next_fire"]) == ("scheduled", None)
        assert request["schedule_text"] == "When backup has failed"
        other = cli("request", "show", backup, "--json").json
        assert (other["follows"], other["outcome"], other["delay"]) == (None, None, None)

    def test_words_say_the_same(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--when", "after backup ends")
        request = cli("request", "show", "report", "--json").json
        assert (request["follows"], request["outcome"]) == ("backup", "end")

    def test_every_list_says_what_it_awaits(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--when", "after backup")
        assert cli("request", "list").out.splitlines()[-1].endswith("after backup")
        assert "Next run      after backup\n" in cli("request", "show", "report").out
        assert cli("status", "--json").json["next_fire"] is None
        assert "Nobody knows when: 1 request await" in cli("next").err
        assert "runs after backup: nobody knows" in cli("next", "--request", "report").err
        assert cli("next", "--json").json == {"fires": []}

    def test_a_preview_says_what_is_known(self, cli: Cli, backup: int) -> None:
        outcome = cli("next", "--timing", "after", "--follows", "backup", "--json")
        assert outcome.json == {"fires": [], "text": "When backup has succeeded"}

    def test_what_is_not_there_or_leads_back_is_refused(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--when", "after backup")
        for words, reason in (
            ("after nothing", "--follows: there is no process or group 'nothing'"),
            ("after report", "--follows: would lead back to itself, and run for ever: report →"),
        ):
            refused = cli("request", "add", "--process", "backup", "--when", words)
            assert refused.code == 2
            assert reason in refused.err

    def test_who_is_followed_is_not_removed(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--when", "after backup")
        refused = cli("process", "remove", "backup", "--yes")
        assert refused.code == 1
        assert "Request 2 of 'report' would never run again: it follows 'backup'" in refused.err

    def test_a_run_says_which_one_it_follows(self, cli: Cli, stored: Opened, backup: int) -> None:
        add_report(cli, "--when", "after backup")
        cli("trigger", backup)
        with stored() as services:
            [claim] = services.dispatch.claim()
            now = services.context.clock.now()
            services.dispatch.started(claim.run_id, now, 1, "handle")
            ending = Ending(run_id=1, status=RunStatus.SUCCESS, end_time=now, exit_code=0)
            services.dispatch.ended(ending)
            [claim] = services.dispatch.claim()
            assert claim.cause is not None
            assert (claim.cause.run_id, claim.cause.exit_code) == (1, 0)
            assert claim.cause.log_path == services.runs.get(1).log_path
            services.dispatch.started(claim.run_id, now, 1, "handle")
            assert len(services.runs.latest(ALL_RUNS, 9)) == 2
        follower, cause = cli("runs", "--json").json
        assert (follower["after_run"], follower["followed_by"]) == (1, [])
        assert (cause["after_run"], cause["followed_by"]) == (None, [2])
        assert "After          run 1 of backup\n" in cli("run", "show", 2).out
        assert "Followed by    run 2\n" in cli("run", "show", 1).out
        assert "AFTER" in cli("runs").out
        assert cli("timeline", "--json").json["requests"][1]["runs"][0]["after_run"] == 1


class TestBoot:
    def test_its_delay_is_an_option_and_json(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--timing", "boot", "--delay", "5m")
        request = cli("request", "show", "report", "--json").json
        assert (request["timing"], request["delay"]) == ("boot", 300.0)
        assert (request["status"], request["next_fire"]) == ("scheduled", None)
        assert "5 minutes after boot" in cli("request", "list").out
        cli("request", "edit", "report", "--delay", "none")
        assert cli("request", "show", "report", "--json").json["delay"] is None

    def test_words_say_the_same(self, cli: Cli, backup: int) -> None:
        add_report(cli, "--when", "5 minutes after boot")
        assert cli("request", "show", "report", "--json").json["delay"] == 300.0

    def test_options_of_others_are_ignored_and_that_is_told(self, cli: Cli, backup: int) -> None:
        outcome = cli("next", "--timing", "boot", "--follows", "backup")
        assert "Ignored, because 'boot' does not use it: --follows" in outcome.err

    @pytest.mark.parametrize("delay", ["9999d", "0"])
    def test_a_delay_out_of_range_is_refused(self, cli: Cli, backup: int, delay: str) -> None:
        refused = cli("request", "add", "--process", "backup", "--timing", "boot", "--delay", delay)
        assert (refused.code, refused.err.partition(";")[0]) == (2, "--delay: it is out of range")

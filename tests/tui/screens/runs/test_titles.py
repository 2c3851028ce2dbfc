from datetime import timedelta

from tests.support.clock import NOON
from tests.tui.screens.runs.data import a_run
from tui_scheduler.models import Channel, KillRequest, RunStatus
from tui_scheduler.tui.screens.runs.titles import details, further_facts, log_state, title
from tui_scheduler.tui.widgets.log.pane import LogStatus

_GRACE = timedelta(seconds=10)
_LATER = NOON + timedelta(seconds=61.5)


def test_the_title_names_status_process_run_and_duration() -> None:
    assert title(a_run(), _LATER).plain == "► running  backup  run 7  00:01:01.500"


def test_the_title_of_an_ended_run_has_its_exit_code() -> None:
    run = a_run(status=RunStatus.ERROR, end_time=_LATER, exit_code=2)
    assert title(run, NOON).plain == "✗ failed  backup  run 7  00:01:01.500  exit 2"


def test_the_title_of_a_run_that_a_signal_ended_names_it() -> None:
    run = a_run(status=RunStatus.ERROR, end_time=_LATER, signal=15)
    assert title(run, NOON).plain == "✗ failed  backup  run 7  00:01:01.500  SIGTERM"


def test_the_details_say_what_was_used_where_it_is_known() -> None:
    ended = {"status": RunStatus.SUCCESS, "end_time": _LATER}
    run = a_run(7, **ended, cpu_time=timedelta(seconds=1.5), peak_memory=12_300_000)
    text = details(run, NOON, "UTC", _GRACE).plain
    assert text.endswith(" · CPU 00:00:01.500 · memory at most 12.3 MB")
    stopped = {**ended, "status": RunStatus.KILLED}
    run = a_run(7, **stopped, cpu_time=timedelta(seconds=1.5), peak_memory=12_300_000)
    text = details(run, NOON, "UTC", _GRACE).plain
    assert "CPU at least 00:00:01.500 · memory at most 12.3 MB of its first process" in text
    run = a_run(7, **ended, peak_memory=0)
    assert details(run, NOON, "UTC", _GRACE).plain.endswith(" · memory at most 0 B")


def test_the_title_of_a_run_that_never_started_has_no_duration() -> None:
    run = a_run(status=RunStatus.SKIPPED, start_time=None, end_time=NOON)
    assert title(run, _LATER).plain == "» skipped  backup  run 7"


def test_a_run_that_is_being_stopped_says_so() -> None:
    run = a_run(kill_request=KillRequest.TERM, kill_requested_at=NOON)
    assert "stopping…" in title(run, NOON).plain
    assert "KILL in 10 s" in details(run, NOON, "UTC", _GRACE).plain


def test_the_details_begin_with_what_is_special() -> None:
    run = a_run(
        status=RunStatus.MISFIRED, start_time=None, end_time=NOON, missed=3, note="We slept"
    )
    text = details(run, NOON, "Europe/Berlin", _GRACE).plain
    assert text.startswith("We slept · every night · by plan · due 13:00")
    assert text.endswith("stands for 3 missed runs")


def test_the_details_of_an_ordinary_run_say_when_it_was_and_who_asked() -> None:
    run = a_run(
        status=RunStatus.SUCCESS, end_time=_LATER, exit_code=0, channel=Channel.DIRECT, attempt=2
    )
    text = details(run, NOON, "UTC", _GRACE).plain
    assert text == ("every night · by hand · due 12:00 · started on time · ended 12:01:01 · try 2")


def test_the_details_of_a_late_run_say_when_it_began() -> None:
    run = a_run(start_time=_LATER, request="")
    text = details(run, _LATER, "UTC", _GRACE).plain
    assert text == "by plan · due 12:00 · started 12:01:01"


def test_hostile_names_and_notes_are_made_harmless() -> None:
    run = a_run(process="[red]\x1b[2Jx", request="\x9b31m\nnext", note="[/bold]\x07")
    for text in (title(run, NOON), details(run, NOON, "UTC", _GRACE)):
        assert text.plain.isprintable()
    assert "[red]␛[2Jx" in title(run, NOON).plain


def test_the_state_of_a_log_tells_what_is_known() -> None:
    assert log_state(LogStatus()).plain == ""
    live = LogStatus(following=True, live=True, size=1_234, lines=56)
    assert log_state(live).plain == "following · 56 lines · 1.2 kB"
    paused = LogStatus(live=True, wrap=True, size=10)
    assert log_state(paused).plain == "paused · wrapped · 10 B"


def test_the_state_of_a_search_tells_how_many_matches_there_are() -> None:
    status = LogStatus(search="err[or]", match=2, matches=1_700)
    assert log_state(status).plain == "“err[or]” 2/1,700"
    assert log_state(LogStatus(search="a", matches=3, is_searching=True)).plain == "“a” 3…"
    assert log_state(LogStatus(search="a", is_searching=True)).plain == "“a” 0…"
    assert log_state(LogStatus(search="a")).plain == "“a” no match"
    assert log_state(LogStatus(errors=True, match=2, matches=7)).plain == "error line 2/7"
    assert log_state(LogStatus(errors=True, matches=7, is_searching=True)).plain == "error line 7…"
    assert log_state(LogStatus(errors=True)).plain == "no error line"


def test_what_only_a_view_knows_is_said_last() -> None:
    given = {"DAY": "monday", "TOKEN": "hidden"}
    run = a_run(parameters=given, pid=4711, command="tar c /srv\ngzip \x1b[2J")
    text = details(run, NOON, "UTC", _GRACE, further_facts(run)).plain
    assert text.endswith(" · DAY=monday · TOKEN=•••••••• · pid 4711 · tar c /srv ⏎ gzip ␛[2J")


def test_a_pid_that_is_nobody_any_more_is_not_said() -> None:
    run = a_run(status=RunStatus.SUCCESS, end_time=NOON, pid=4711, command="true")
    assert list(further_facts(run)) == ["true"]


def test_a_very_long_command_is_cut() -> None:
    [command] = further_facts(a_run(command="x" * 1_000_000))
    assert len(command) == 500

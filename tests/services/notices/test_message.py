"""What is said: in words for people, as facts for programs, and never a secret in either."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.services import clusters
from tests.services.clusters import begin, on_cluster, submit, taken, with_clusters
from tests.services.drafts import end, process_draft, scheduled
from tests.services.notices.telling import FAILURE, SUCCESS, notices, runs, tomorrow
from tests.support.clock import FakeClock
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.notices.message import Message, Sample
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.parameters.secrets import MASK

SECRET = "hunter2-äö"


def messages(services: Services, lines: int = 20) -> list[Message]:
    outbox = Notices(services.context)
    return [outbox.message([notice], lines) for notice in notices(services)]


def failed(services: Services, clock: FakeClock, log: str = "", **draft: Any) -> Message:
    """What is said of a run that failed, and left this log."""
    services.processes.create(process_draft(**draft))
    request = scheduled(services, tomorrow())
    services.runs.trigger(request.id)
    (claim,) = services.dispatch.claim()
    claim.log_path.parent.mkdir(parents=True, exist_ok=True)
    claim.log_path.write_text(log)
    end(services, claim, clock, FAILURE, after=timedelta(seconds=67))
    [message] = messages(services)
    return message


def test_it_says_what_where_when_how_and_what_comes_next(
    with_receivers: Services, clock: FakeClock
) -> None:
    message = failed(with_receivers, clock, "one\ntwo\n")
    assert message.title == "backup failed"
    text = message.text
    assert text.startswith(
        f"backup failed on {with_receivers.context.host.name}, 2026-03-02 12:01:07"
    )
    assert "Run 1: failed, exit code 1, after 1 min 7 s." in text
    assert "It runs next 2026-03-03 12:00:00" in text
    assert "Its log ends with:\none\ntwo\n" in text
    assert text.endswith("More: tui-scheduler log 1")


def test_where_it_was_is_said_of_a_run_on_a_cluster(
    with_receivers: Services, clock: FakeClock
) -> None:
    clustered = with_clusters(with_receivers)
    claim = taken(clustered, on_cluster(clustered))
    submit(clustered, claim)
    clock.advance(minutes=2)
    begin(clustered, claim)
    clusters.end(clustered, claim, FAILURE)
    [message] = messages(clustered)
    assert "Run 1 on hpc:n3: failed, exit code 1, after 0 s." in message.text
    assert (message.facts["place"], message.facts["job"]) == ("hpc:n3", "4711")
    assert message.facts["submitted_at"] < message.facts["start_time"]


def test_a_row_of_failures_is_counted(with_receivers: Services, clock: FakeClock) -> None:
    with_receivers.processes.create(process_draft(notify_after=2))
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE, FAILURE, SUCCESS)
    first, second = messages(with_receivers)
    assert first.title == "backup failed 2 times in a row"
    assert second.title == "backup works again"
    assert "It was broken for" in second.text


def test_only_the_last_lines_of_a_log_and_of_bearable_length(
    with_receivers: Services, clock: FakeClock
) -> None:
    message = failed(
        with_receivers, clock, "".join(f"line {n}\n" for n in range(100)) + "x" * 10_000
    )
    assert "line 80" not in message.text
    assert "line 81" in message.text
    assert len(message.text) < 2000


def test_no_lines_if_none_are_wanted(with_receivers: Services, clock: FakeClock) -> None:
    failed(with_receivers, clock, "a line\n")
    [message] = messages(with_receivers, lines=0)
    assert "a line" not in message.text


def test_what_webhooks_get_is_the_run_without_what_it_was_given(
    with_receivers: Services, clock: FakeClock
) -> None:
    facts = failed(with_receivers, clock).facts
    assert facts["id"] == notices(with_receivers)[0].key
    assert (facts["kind"], facts["run_id"], facts["in_a_row"]) == ("failed", 1, 1)
    assert (facts["exit_code"], facts["duration"], facts["status"]) == (1, 67.0, "error")
    assert not {"command", "parameters"} & set(facts)
    json.dumps(facts)


def test_of_a_run_that_is_gone_it_says_what_is_left(
    with_receivers: Services, clock: FakeClock
) -> None:
    before = failed(with_receivers, clock)
    with_receivers.runs.delete(1)
    [message] = messages(with_receivers)
    assert set(message.facts) == set(before.facts)
    assert message.title == "backup failed"
    assert "has been removed" in message.text
    assert message.facts["exit_code"] is None


@pytest.mark.parametrize(
    "draft",
    [
        {"environment": {"API_TOKEN": SECRET}},
        {"environment": {"DATABASE": f"postgres://ann:{SECRET}@db/x"}},
    ],
)
def test_no_secret_in_it(
    with_receivers: Services, clock: FakeClock, draft: dict[str, object]
) -> None:
    message = failed(with_receivers, clock, f"the token is {SECRET}\n", **draft)
    assert f"the token is {MASK}" in message.text
    assert SECRET not in json.dumps(message.facts, ensure_ascii=False) + message.title


def test_each_line_of_a_secret_of_many(with_receivers: Services, clock: FakeClock) -> None:
    key = "BEGIN\nabcdefgh\nijklmnop\nEND"
    message = failed(with_receivers, clock, "ijklmnop\nthe end\n", environment={"SSH_KEY": key})
    assert "ijklmnop" not in message.text
    assert "the end" in message.text


def test_what_is_too_short_to_be_told_from_words_stays(
    with_receivers: Services, clock: FakeClock
) -> None:
    message = failed(with_receivers, clock, "an apple\n", environment={"API_TOKEN": "a"})
    assert "an apple" in message.text


def test_several_are_one_digest(with_receivers: Services, clock: FakeClock) -> None:
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, *[FAILURE, SUCCESS] * 100, RunStatus.ERROR)
    views = notices(with_receivers)
    message = Notices(with_receivers.context).message(views, 20)
    assert message.title == "201 notices: 101 failed, 100 recovered"
    assert "and 101 more" in message.text
    assert message.key == views[0].key
    assert len(message.facts["notices"]) == 201


def test_a_test_and_a_digest_have_the_fields_of_all_others(
    with_receivers: Services, clock: FakeClock
) -> None:
    """Or who reads one in a program would be asked for a field that is not there."""
    one = failed(with_receivers, clock)
    runs(with_receivers, clock, SUCCESS)
    digest = Notices(with_receivers.context).message(notices(with_receivers), 20)
    trial = Sample(host="alpha").message("0123")
    assert set(trial.facts) == set(one.facts)
    assert set(digest.facts) == {*one.facts, "notices"}
    assert trial.facts["run_id"] is digest.facts["exit_code"] is None
    assert digest.facts["host"] == one.facts["host"]

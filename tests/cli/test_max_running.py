"""No more at once than may, as a real ``serve`` tells it."""

from pathlib import Path

from tests.cli.conftest import Cli
from tests.cli.serving.test_journal import is_end, lines_until, serving

MOST = 2
ALL = 9


def test_no_more_run_at_once_than_may(cli: Cli, database_file: Path) -> None:
    config = Path.home() / ".config" / "tui-scheduler" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"max_running = {MOST}")
    command = "sleep 0.1"
    assert cli("process", "add", "job", "--command", command, "--overlap", "allow").code == 0
    plan = ("--timing", "immediate")
    assert cli("request", "add", "--process", "job", *plan).code == 0
    for _ in range(ALL):
        assert cli("trigger", 1).code == 0
    ended: list[str] = []

    def is_last(line: str) -> bool:
        ended.extend([line] * is_end(line))
        return len(ended) == ALL

    with serving(database_file) as server:
        lines = [line for line in lines_until(server, is_last) if line.startswith("run ")]
    running, most = 0, 0
    for line in lines:
        running += -1 if is_end(line) else 1
        most = max(most, running)
    assert most == MOST
    begun = [int(line.split()[1]) for line in lines if not is_end(line)]
    assert sorted(begun) == list(range(1, ALL + 1))
    assert begun[0] in (1, 2)

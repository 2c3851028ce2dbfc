"""Jobs of a crontab, run for real: environment, shell, input and folder are what cron gives."""

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.engine.harness import Engine, log_of
from tests.services.imports.crontabs import reading
from tests.support.clock import FakeClock

_LINES = r"""
0 1 * * * env
0 2 * * * pwd
0 3 * * * cat; echo 100\%%first line%"second" $HOME \% line
0 4 * * * cat
SHELL=/bin/bash
PATH="/opt/my tools:/usr/bin:/bin"
GREETING='hello $USER'
HOME=@HOME@
0 5 * * * words=("one two" 'three'); printf '\%s|' "${words[@]}" "$GREETING" "$PATH"; echo $0
0 6 * * * pwd; echo ~
0 7 * * * [[ $SHELL == *bash ]] && read -r line && echo "$line" && exit 7%from cron
"""


async def outputs(engine: Engine, home: Path) -> dict[str, tuple[str, int | None]]:
    """What each line prints and its exit code, by the hour of its time."""
    text = _LINES.replace("@HOME@", str(home))
    stored = engine.services.imports.store(reading(text))
    assert stored.refusals == ()
    result = {}
    for imported in stored.imported:
        run = engine.services.runs.trigger(imported.request.id)
        await engine.scheduler.step()
        await engine.all_ended()
        ended = engine.services.runs.get(run.id)
        hour = (imported.request.plan.cron or "").split()[1]
        result[hour] = (log_of(ended).decode(), ended.exit_code)
    return result


async def test_each_line_finds_what_cron_would_have_given_it(
    engine: Engine, tmp_path: Path
) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    result = await outputs(engine, home)
    environment = dict(line.partition("=")[::2] for line in result.pop("1")[0].splitlines())
    assert (environment["PATH"], environment["SHELL"]) == ("/usr/bin:/bin", "/bin/sh")
    assert result == {
        "2": (f"{os.environ['HOME']}\n", 0),
        "3": ('first line\n"second" $HOME % line\n100%\n', 0),
        "4": ("", 0),
        "5": ("one two|three|hello $USER|/opt/my tools:/usr/bin:/bin|/bin/bash\n", 0),
        "6": (f"{home}\n{home}\n", 0),
        "7": ("from cron\n", 7),
    }


async def test_it_runs_at_the_times_of_the_crontab_when_it_is_scheduled(
    engine: Engine, clock: FakeClock
) -> None:
    text = "CRON_TZ=Europe/Madrid\n30 14 * * * echo afternoon\n"
    [imported] = engine.services.imports.store(reading(text)).imported
    engine.services.requests.schedule(imported.request.id)
    clock.advance(hours=1, minutes=30)
    await engine.scheduler.step()
    await engine.all_ended()
    run = engine.last()
    assert (run.status, log_of(run)) == ("success", b"afternoon\n")
    assert run.scheduled_for == datetime(2026, 3, 2, 13, 30, tzinfo=UTC)


async def test_missed_fires_are_not_made_up_for(engine: Engine, clock: FakeClock) -> None:
    [imported] = engine.services.imports.store(reading("0 * * * * true\n")).imported
    engine.services.requests.schedule(imported.request.id)
    await engine.scheduler.step()
    await engine.all_ended()
    clock.advance(hours=5, minutes=30)
    await engine.scheduler.step()
    assert engine.statuses()[-1] == "misfired"

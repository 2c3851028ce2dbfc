"""Python processes under the scheduler: from what is declared to what is recorded of their runs."""

import os
from datetime import timedelta
from pathlib import Path

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of
from tests.engine.local.pythons import write_module
from tests.engine.survival.test_adoption import killed_after
from tests.support.clock import FakeClock
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.views.runs import Progress, RunView

PYTHON = ProcessKind.PYTHON


async def test_parameters_reach_the_callable_as_they_are_declared(
    engine: Engine, tmp_path: Path
) -> None:
    source = """
        def main(context):
            print(context.run_id, [type(value).__name__ for value in context.parameters.values()])
            print(context.parameters["DAY"], context.parameters["COUNT"] + 1)
    """
    write_module(tmp_path, source)
    run = await engine.run(
        "job:main",
        kind=PYTHON,
        working_directory=str(tmp_path),
        environment={"NO": "parameter"},
        declared=(
            Parameter(name="DAY", type=ParameterType.DATE, default="tomorrow"),
            Parameter(name="COUNT", type=ParameterType.NUMBER, default="7"),
        ),
    )
    assert run.status == "success"
    tomorrow = (engine.clock.now() + timedelta(days=1)).date()
    assert log_of(run).decode() == f"{run.id} ['date', 'int']\n{tomorrow} 8\n"


async def test_a_request_gives_what_nobody_declared_as_text(engine: Engine, tmp_path: Path) -> None:
    write_module(tmp_path, "def main(context): print(dict(context.parameters))")
    request_id = engine.schedule(
        "job:main", kind=PYTHON, working_directory=str(tmp_path), parameters={"A": "7"}
    )
    await engine.scheduler.step()
    await engine.all_ended()
    assert log_of(engine.last(request_id)) == b"{'A': '7'}\n"


async def test_its_progress_is_seen_while_it_runs(
    engine: Engine, tmp_path: Path, beacon: Beacon
) -> None:
    source = f"""
        import os
        def main(context):
            context.progress(3, 10)
            os.system({f"{beacon.lit}read line < {tmp_path}/go-on"!r})
    """
    write_module(tmp_path, source)
    os.mkfifo(tmp_path / "go-on")
    engine.schedule("job:main", kind=PYTHON, working_directory=str(tmp_path))
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    run_id = engine.last().id
    assert engine.services.runs.get(run_id).progress == Progress(3, 10)
    (tmp_path / "go-on").write_text("\n")
    await engine.all_ended()
    assert engine.services.runs.get(run_id).progress is None


async def test_an_interpreter_that_is_gone_ends_the_run_with_the_reason(engine: Engine) -> None:
    run = await engine.run("job:main", kind=PYTHON, python="/nowhere/env")
    assert (run.status, run.exit_code) == ("error", None)
    assert run.note == ("There is no Python interpreter /nowhere/env: name another, or install it")
    assert run.note.encode() in log_of(run)


async def test_its_time_is_limited(engine: Engine, tmp_path: Path) -> None:
    write_module(tmp_path, "import time\ndef main(): time.sleep(60)")
    run = await engine.run(
        "job:main",
        kind=PYTHON,
        working_directory=str(tmp_path),
        timeout=timedelta(milliseconds=200),
    )
    assert run.status == "timed_out"


async def test_it_is_stopped_on_request(engine: Engine, tmp_path: Path, beacon: Beacon) -> None:
    write_module(tmp_path, f"import os\ndef main(): os.system({f'{beacon.lit}sleep 60'!r})")
    engine.schedule("job:main", kind=PYTHON, working_directory=str(tmp_path))
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["killed"]


async def test_it_is_found_again_after_a_crash_of_the_scheduler(
    engine: Engine, database_file: Path, tmp_path: Path, beacon: Beacon, clock: FakeClock
) -> None:
    source = f"""
        import os, sys
        def main(context):
            print("one")
            os.system({beacon.lit!r})
            print(open({str(tmp_path / "go-on")!r}).read().strip())
            sys.exit(9)
    """
    write_module(tmp_path, source)
    os.mkfifo(tmp_path / "go-on")
    engine.schedule("job:main", kind=PYTHON, working_directory=str(tmp_path))
    await killed_after(engine, database_file, beacon)
    before = engine.last()
    await engine.scheduler.adopt()
    (tmp_path / "go-on").write_text("two\n")
    await engine.all_ended()
    run: RunView = engine.last()
    assert (run.status, run.exit_code, run.pid) == ("error", 9, before.pid)
    assert log_of(run).endswith(b"one\ntwo\n")

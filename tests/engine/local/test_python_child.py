"""What becomes of a callable: how it is called, how it ends, what it prints."""

import signal
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, begun, is_alive
from tests.engine.local.pythons import called, write_module
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.runner import Ended
from tui_scheduler.models import ProcessKind


class TestCalling:
    @pytest.mark.parametrize(
        ("signature", "is_given"),
        [
            ("()", False),
            ("(context)", True),
            ("(anything, /)", True),
            ("(context=None)", True),
            ("(argv=None)", False),
            ("(*arguments, **options)", False),
            ("(context, *arguments, option=1)", True),
        ],
    )
    async def test_a_context_is_given_to_who_takes_one(
        self, tmp_path: Path, signature: str, is_given: bool
    ) -> None:
        source = f"def main{signature}: print('Context' in str(locals()))"
        assert await called(tmp_path, source) == (0, f"{is_given}\n")

    async def test_a_method_of_something_in_a_package(self, tmp_path: Path) -> None:
        source = "class Reports:\n    @staticmethod\n    def daily(): print(__name__)"
        write_module(tmp_path / "work" / "shop", source, "jobs")
        assert await called(tmp_path, "", "shop.jobs:Reports.daily") == (0, "shop.jobs\n")

    async def test_what_is_written_in_c(self, tmp_path: Path) -> None:
        assert await called(tmp_path, "", "time:time") == (0, "")

    async def test_a_coroutine_function_is_run(self, tmp_path: Path) -> None:
        source = """
            import asyncio
            async def main(context):
                await asyncio.sleep(0)
                print(context.run_id)
        """
        assert await called(tmp_path, source) == (0, "1\n")

    async def test_a_generator_is_no_success(self, tmp_path: Path) -> None:
        """It became one after it was saved: nothing of it would run."""
        code, log = await called(tmp_path, "def main():\n    print('never')\n    yield")
        assert code == 1
        assert "'main' is a generator, of which a call does nothing" in log

    async def test_it_finds_no_arguments_and_an_empty_input(self, tmp_path: Path) -> None:
        source = "import sys\ndef main(): print(sys.argv, sys.stdin.read())"
        assert await called(tmp_path, source) == (0, "['job:main'] \n")

    async def test_the_working_directory_is_first_on_the_path_and_we_are_not(
        self, tmp_path: Path
    ) -> None:
        source = "import sys\ndef main(): print(*sys.path, sep='\\n')"
        _, output = await called(tmp_path, source)
        assert output.splitlines()[0] == str(tmp_path / "work")
        assert str(PYTHON_CHILD.parent) not in output.splitlines()

    @pytest.mark.parametrize("name", ["logging", "json", "os", "time", "runner", "lock"])
    async def test_modules_named_like_others_are_not_in_our_way(
        self, tmp_path: Path, name: str
    ) -> None:
        write_module(tmp_path / "work", "raise RuntimeError('taken for another')", name)
        source = "def main(context): context.logger.info('fine')"
        code, output = await called(tmp_path, source)
        assert code == 0, output

    async def test_a_module_named_like_one_that_is_not_loaded_is_the_users(
        self, tmp_path: Path
    ) -> None:
        write_module(tmp_path / "work", "def main(): print('mine')", "calendar")
        assert await called(tmp_path, "", "calendar:main") == (0, "mine\n")

    @pytest.mark.parametrize("name", ["logging", "time"])
    async def test_a_target_that_python_itself_hides_is_refused(
        self, tmp_path: Path, name: str
    ) -> None:
        write_module(tmp_path / "work", "def main(): print('mine')", name)
        code, output = await called(tmp_path, "", f"{name}:main")
        assert code == 1
        assert f"{name}.py has the name of a module of Python's own: rename it" in output

    async def test_a_pool_of_spawned_processes(self, tmp_path: Path) -> None:
        source = """
            import multiprocessing
            def main():
                with multiprocessing.get_context("spawn").Pool(2) as pool:
                    print(pool.map(double, [1, 2]))
            def double(number): return 2 * number
        """
        assert await called(tmp_path, source) == (0, "[2, 4]\n")


class TestEnding:
    @pytest.mark.parametrize(
        ("ending", "code", "output"),
        [
            ("return 3", 0, ""),
            ("sys.exit()", 0, ""),
            ("sys.exit(0)", 0, ""),
            ("sys.exit(7)", 7, ""),
            ("sys.exit('no such table')", 1, "no such table\n"),
            ("os._exit(9)", 9, ""),
            ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
            ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
        ],
    )
    async def test_by_its_own_will(
        self, tmp_path: Path, ending: str, code: int, output: str
    ) -> None:
        source = f"import os, signal, sys\ndef main(): {ending}"
        assert await called(tmp_path, source) == (code, output)

    @pytest.mark.parametrize("kind", ["def", "async def"])
    async def test_by_an_exception_with_a_traceback_that_begins_in_its_module(
        self, tmp_path: Path, kind: str
    ) -> None:
        code, output = await called(tmp_path, f"{kind} main():\n    return 1 / 0\n")
        lines = output.splitlines()
        assert code == 1
        assert lines[0] == "Traceback (most recent call last):"
        assert lines[-1] == "ZeroDivisionError: division by zero"
        assert str(tmp_path / "work" / "job.py") in output
        assert str(PYTHON_CHILD) not in output

    async def test_by_ctrl_c(self, tmp_path: Path) -> None:
        code, output = await called(tmp_path, "def main(): raise KeyboardInterrupt")
        assert code == -signal.SIGINT
        assert output.splitlines()[-1] == "KeyboardInterrupt"

    async def test_by_a_fault_of_the_interpreter_says_where(self, tmp_path: Path) -> None:
        source = "import os, signal\ndef main(): os.kill(os.getpid(), signal.SIGSEGV)"
        code, output = await called(tmp_path, source)
        assert code == -signal.SIGSEGV
        assert 'job.py", line 2 in main' in output

    async def test_an_import_that_fails(self, tmp_path: Path) -> None:
        code, output = await called(tmp_path, "import nothing_of_that_name\ndef main(): pass")
        assert code == 1
        assert output.splitlines()[1].endswith('job.py", line 1, in <module>')
        assert output.endswith("No module named 'nothing_of_that_name'\n")

    async def test_a_callable_that_is_gone(self, tmp_path: Path) -> None:
        code, output = await called(tmp_path, "def other(): pass")
        assert (code, output) == (
            1,
            "job:main: there is no 'main' in job: check its spelling\n",
        )


class TestOutput:
    async def test_megabytes(self, tmp_path: Path) -> None:
        source = "def main():\n    for _ in range(50_000): print('x' * 99)"
        code, output = await called(tmp_path, source)
        assert (code, len(output)) == (0, 5_000_000)

    async def test_any_character_whatever_the_locale(self, tmp_path: Path) -> None:
        source = r"def main(): print('é€😀', '\udcff')"
        environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
        assert await called(tmp_path, source, environment=environment) == (0, "é€😀 \\udcff\n")


async def test_a_whole_tree_is_stopped(tmp_path: Path, runner: LocalRunner, beacon: Beacon) -> None:
    source = f"""
        import subprocess
        def main():
            child = subprocess.Popen(["sleep", "60"], start_new_session=True)
            with open("pid", "w") as file:
                file.write(str(child.pid))
            subprocess.run({f"{beacon.lit}sleep 60"!r}, shell=True)
    """
    write_module(tmp_path, source)
    claim = a_claim(tmp_path, "job:main", kind=ProcessKind.PYTHON, working_directory=str(tmp_path))
    started = await begun(runner, claim)
    await beacon.seen()
    await runner.stop(started.handle, force=False)
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    assert ended.signal == signal.SIGTERM
    assert not is_alive(int((tmp_path / "pid").read_text()))

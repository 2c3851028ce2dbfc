"""What a callable is given: parameters, a logger, a way to tell its progress; by any Python."""

import ast
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import a_claim, begun, lines_in
from tests.engine.local.pythons import called, foreign_interpreters, write_module
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.logs.progress import progress_file, read_progress
from tui_scheduler.services.parameters.parameters import ParameterType
from tui_scheduler.services.views.runs import Progress

LOG = a_claim(Path(), "").log_path


class TestContext:
    async def test_parameters_have_the_types_that_are_declared(self, tmp_path: Path) -> None:
        source = "def main(context): print(sorted(dict(context.parameters).items()))"
        _, output = await called(
            tmp_path,
            source,
            environment={"A": "7", "B": "2.5", "C": "2026-03-29", "D": "7", "E": "soon", "F": "x"},
            parameters={
                "A": ParameterType.NUMBER,
                "B": ParameterType.NUMBER,
                "C": ParameterType.DATE,
                "D": ParameterType.TEXT,
                "E": ParameterType.DATE,
            },
        )
        assert output == (
            "[('A', 7), ('B', 2.5), ('C', datetime.date(2026, 3, 29)), ('D', '7'), ('E', 'soon')]\n"
        )

    async def test_nothing_of_the_context_can_be_changed(self, tmp_path: Path) -> None:
        source = "def main(context): context.parameters['A'] = 1"
        code, output = await called(tmp_path, source)
        assert code == 1
        assert "does not support item assignment" in output

    async def test_lines_of_the_logger_carry_time_and_level(self, tmp_path: Path) -> None:
        source = """
            import logging
            logging.basicConfig(format="of its own: %(message)s")
            def main(context):
                context.logger.warning("disk %d%% full", 90)
                context.logger.debug("not asked for")
                logging.getLogger(__name__).warning("as it likes")
        """
        _, output = await called(tmp_path, source)
        first, second = output.splitlines()
        assert first.endswith(" WARNING disk 90% full")
        assert first[:4].isdecimal()
        assert second == "of its own: as it likes"

    async def test_output_is_in_the_log_at_once(
        self, tmp_path: Path, runner: LocalRunner, beacon: Beacon
    ) -> None:
        source = f"""
            import os, time
            def main(context):
                print("printed")
                context.logger.info("logged")
                os.system({f"{beacon.lit}sleep 60"!r})
        """
        write_module(tmp_path, source)
        claim = a_claim(
            tmp_path, "job:main", kind=ProcessKind.PYTHON, working_directory=str(tmp_path)
        )
        started = await begun(runner, claim)
        await beacon.seen()
        await lines_in(claim, 2)
        lines = claim.log_path.read_text().splitlines()
        assert (lines[0], lines[1][-6:]) == ("printed", "logged")
        await runner.stop(started.handle, force=True)
        await runner.watch(started.handle)


class TestProgress:
    async def test_the_last_of_a_million_is_told(self, tmp_path: Path) -> None:
        source = """
            def main(context):
                for done in range(1_000_000):
                    context.progress(done, 1_000_000)
        """
        assert await called(tmp_path, source) == (0, "")
        assert read_progress(tmp_path / LOG) == Progress(999_999, 1_000_000)
        assert progress_file(tmp_path / LOG).stat().st_mode & 0o777 == 0o600

    async def test_few_steps_are_all_told_at_once(self, tmp_path: Path) -> None:
        source = """
            import os, pathlib
            def main(context):
                for done in range(4):
                    context.progress(done, 3)
                    log = pathlib.Path(os.environ["TUI_SCHEDULER_LOG"])
                    print(log.with_suffix(".progress").read_text().split())
        """
        _, output = await called(tmp_path, source)
        assert output.splitlines() == [f"['{done}', '3']" for done in range(4)]

    @pytest.mark.parametrize(
        ("arguments", "read"),
        [
            ("2.5, 10", Progress(2.5, 10)),
            ("11, 10", Progress(10, 10)),
            ("-1, 10", Progress(0, 10)),
            ("10**15, 10**16", Progress(10**15, 10**16)),
            ("1, 0", None),
            ("float('nan'), 1", None),
            ("1, float('inf')", None),
        ],
    )
    async def test_nonsense_hurts_nobody(
        self, tmp_path: Path, arguments: str, read: Progress | None
    ) -> None:
        assert await called(tmp_path, f"def main(context): context.progress({arguments})") == (
            0,
            "",
        )
        assert read_progress(tmp_path / LOG) == read

    async def test_it_is_found_also_after_the_directory_was_changed(self, tmp_path: Path) -> None:
        source = """
            import os
            def main(context):
                os.chdir("/")
                os.environ.clear()
                context.progress(1, 2)
        """
        assert await called(tmp_path, source) == (0, "")
        assert read_progress(tmp_path / LOG) == Progress(1, 2)

    async def test_where_it_cannot_be_noted_the_run_goes_on(self, tmp_path: Path) -> None:
        progress_file(tmp_path / LOG).mkdir(parents=True)
        assert await called(tmp_path, "def main(context): context.progress(1, 2)") == (0, "")


class TestInterpreters:
    def test_the_child_is_written_in_python_3_8(self) -> None:
        ast.parse(PYTHON_CHILD.read_text(encoding="utf-8"), feature_version=(3, 8))

    @pytest.mark.parametrize("python", foreign_interpreters())
    async def test_every_other_one_of_this_machine_calls_it(
        self, tmp_path: Path, python: str
    ) -> None:
        source = """
            import asyncio
            async def main(context):
                await asyncio.sleep(0)
                context.progress(1, 2)
                context.logger.info("%s", context.parameters["DAY"])
        """
        code, output = await called(
            tmp_path,
            source,
            python=python,
            environment={"DAY": "2026-03-29"},
            parameters={"DAY": ParameterType.DATE},
        )
        assert (code, output[-16:]) == (0, "INFO 2026-03-29\n"), output
        assert read_progress(tmp_path / LOG) == Progress(1, 2)

    @pytest.mark.parametrize("inside", ["", "bin/python"])
    async def test_an_environment_without_us_is_named_by_its_folder_or_its_interpreter(
        self, tmp_path: Path, bare_environment: Path, inside: str
    ) -> None:
        source = """
            import importlib.util, sys
            def main(): print(sys.prefix, importlib.util.find_spec("tui_scheduler"))
        """
        assert await called(tmp_path, source, python=str(bare_environment / inside)) == (
            0,
            f"{bare_environment} None\n",
        )

    async def test_a_tilde_is_the_home(self, tmp_path: Path, bare_environment: Path) -> None:
        (Path.home() / "env").symlink_to(bare_environment)
        source = "import sys\ndef main(): print(sys.executable)"
        _, output = await called(tmp_path, source, python="~/env")
        assert output == f"{Path.home()}/env/bin/python\n"

    @pytest.mark.parametrize("python", ["/nowhere/python", "/tmp", "~nobody-of-that-name/env"])
    async def test_one_that_is_missing_ends_the_run_with_the_reason(
        self, tmp_path: Path, python: str
    ) -> None:
        with pytest.raises(CannotStart, match=f"There is no Python interpreter {python}"):
            await called(tmp_path, "def main(): pass", python=python)

"""Lint, format, types and import contracts are tests too, so that nobody forgets to run them."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_PACKAGE = _ROOT / "tui_scheduler"
_SAYS_NOTHING = {"found", "shown", "told", "said"}  # of what it holds
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-m", "ruff", "check", "."], id="lint"),
        pytest.param(["-m", "ruff", "format", "--check", "."], id="format"),
        pytest.param(["-m", "mypy"], id="types"),
        pytest.param(["-c", _LINT_IMPORTS], id="imports"),
    ],
)
def test_the_code_keeps_its_rules(arguments: list[str]) -> None:
    check = subprocess.run(
        [sys.executable, *arguments], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_a_variable_says_what_it_holds() -> None:
    assert not [
        f"{path.relative_to(_ROOT)}:{line}: {name}"
        for path in _PACKAGE.rglob("*.py")
        for name, line in _variables(ast.parse(path.read_text()))
        if name.removeprefix("_") in _SAYS_NOTHING
    ]


def test_a_path_loses_its_links_by_the_one_function_that_never_fails() -> None:
    """``Path.resolve`` raises RuntimeError for a circle of links, in some versions of Python."""
    assert not [path for path in _PACKAGE.rglob("*.py") if ".resolve()" in path.read_text()]


def test_no_folder_has_more_files_than_one_can_look_through() -> None:
    files = Counter(
        path.parent for top in (_PACKAGE, _ROOT / "tests") for path in top.rglob("*.py")
    )
    assert not {str(folder.relative_to(_ROOT)): n for folder, n in files.items() if n > 25}


def _variables(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every variable, parameter and attribute that is bound, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno

"""The manual and the README, as the tests read them."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "tui_scheduler" / "manual").glob("*.md"))
README = ROOT / "README.md"
PROGRAM = "tui-scheduler"
_SHELL = set(">|&;")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def code_lines(page: Path) -> Iterator[str]:
    """The lines of the code blocks of ``page``, those that go on in the next one as one."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def commands(page: Path) -> Iterator[tuple[str, ...]]:
    """Each command of ours that ``page`` shows, in a block or a line, as the words given to it.

    What comes after it in the shell is left out, and so are commands with words to be replaced.
    """
    text = page.read_text(encoding="utf-8")
    for line in [*code_lines(page), *_CODE.findall(text)]:
        if line.startswith(f"{PROGRAM} "):
            _, *words = takewhile(lambda word: not set(word) <= _SHELL, _split(line))
            if not any(word.isupper() and word.isalpha() for word in words):
                yield tuple(words)


def _split(line: str) -> list[str]:
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return list(words)

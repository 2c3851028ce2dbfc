"""Finding the last lines of a file from its end."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_scheduler.cli.printing import tail
from tui_scheduler.cli.printing.tail import tail_offset


@pytest.mark.parametrize(
    ("content", "lines", "left"),
    [
        (b"", 3, b""),
        (b"one", 1, b"one"),
        (b"one\n", 1, b"one\n"),
        (b"one\ntwo", 1, b"two"),
        (b"one\ntwo\n", 1, b"two\n"),
        (b"one\n\n\n", 2, b"\n\n"),
        (b"one\ntwo\n", 0, b""),
    ],
)
def test_the_last_lines_begin_there(
    tmp_path: Path, content: bytes, lines: int, left: bytes
) -> None:
    file = tmp_path / "log"
    file.write_bytes(content)
    assert content[tail_offset(file, lines) :] == left


@settings(max_examples=60)
@given(content=st.text("ab\n", max_size=40), lines=st.integers(1, 12), block=st.integers(1, 9))
def test_it_agrees_with_reading_all(
    tmp_path_factory: pytest.TempPathFactory, content: str, lines: int, block: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.log"
    file.write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail, "_BLOCK", block)
        left = content[tail_offset(file, lines) :]
    assert left == "".join(content.splitlines(keepends=True)[-lines:])

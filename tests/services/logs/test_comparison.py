"""What is new in a log, and what is missing, whatever times and numbers there are."""

from pathlib import Path

import pytest

from tui_scheduler.errors import Refused
from tui_scheduler.services.logs import comparison
from tui_scheduler.services.logs.comparison import LogComparison


def compared(folder: Path, this: bytes, good: bytes) -> LogComparison:
    (folder / "this.log").write_bytes(this)
    (folder / "good.log").write_bytes(good)
    compared = LogComparison(folder / "this.log", folder / "good.log")
    while compared.step():
        pass
    compared.refuse_too_different()
    return compared


def differences(folder: Path, this: bytes, good: bytes) -> list[str]:
    return [line.render(in_colour=False) for line in compared(folder, this, good).lines()]


@pytest.mark.parametrize(
    ("this", "good"),
    [
        (b"2026-03-01 02:00:01,123 copied 12 files", b"2026-02-28 02:00:09,1 copied 1,234 files"),
        (b"Mar  1 02:00:01 host cron[123]: go", b"Feb 28 02:00:02 host cron[9]: go"),
        (b"Sun, 01 Mar 2026: go", b"Sat, 28 Feb 2026: go"),
        (b"took 350 ms, 1.2 MB", b"took 1.5s, 900 kB"),
        (b"commit 3f9a2c1b at 0x7ffe12", b"commit 0a1b2c3d4e5f at 0xdeadbeef01"),
        (b"id 123e4567-e89b-12d3-a456-426614174000", b"id 00000000-e89b-ffff-a456-42661417abcd"),
        (b"/tmp/tmp.Ab12xyz made", b"/tmp/tmp.Zk9qwer made"),
        (b"\x1b[32mok\x1b[0m   done", b"ok done"),
        (b"1 %\r50 %\r100 %", b"100 %"),
        (b"a\nb\n\n\nb\na\n", b"b\na"),
        (b"\xff\x00", b"\xff\x00\n"),
    ],
)
def test_times_numbers_colours_and_how_often_make_no_difference(
    tmp_path: Path, this: bytes, good: bytes
) -> None:
    assert differences(tmp_path, this, good) == []


@pytest.mark.parametrize(
    ("this", "good"), [(b"decade", b"facade"), (b"second", b"third"), (b"march on", b"april on")]
)
def test_words_do(tmp_path: Path, this: bytes, good: bytes) -> None:
    assert differences(tmp_path, this, good) == [f"- {good.decode()}", f"+ {this.decode()}"]


def test_differences_stand_in_order_each_below_what_both_have(tmp_path: Path) -> None:
    good = b"begin 1\nmount 1\ncopy 1\ncopy 2\nsync 1\nend 1\n"
    this = b"begin 2\nmount 2\nerror: gone\nerror: gone\nend 2\nbye\n"
    assert differences(tmp_path, this, good) == [
        "  mount 2",
        "- copy 1  (2 times)",
        "- sync 1",
        "+ error: gone  (2 times)",
        "  end 2",
        "+ bye",
    ]


def test_what_comes_first_in_the_good_one_comes_first(tmp_path: Path) -> None:
    assert differences(tmp_path, b"b\n", b"a\nb\n") == ["- a"]
    assert differences(tmp_path, b"", b"a\n") == ["- a"]
    assert differences(tmp_path, b"a", b"") == ["+ a"]


def test_only_what_both_have_stands_above_what_is_new(tmp_path: Path) -> None:
    this = b"err a\nok\nerr a\nerr b\n\n\nok\n\nerr c\n"
    assert differences(tmp_path, this, b"ok\n") == [
        "+ err a  (2 times)",
        "+ err b",
        "  ok",
        "+ err c",
    ]


def test_a_log_that_is_gone_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "this.log").write_bytes(b"a\n")
    compared = LogComparison(tmp_path / "this.log", tmp_path / "none.log")
    while compared.step():
        assert 0 <= compared.progress <= 1
    assert (compared.new, compared.missing, compared.progress) == (1, 0, 1.0)


def test_long_logs_are_gone_through_in_steps(tmp_path: Path) -> None:
    lines = b"".join(b"%d: a line of some length\n" % number for number in range(20_000))
    half = lines.index(b"\n", len(lines) // 2) + 1
    this = lines[:half] + b"17 is new\n" + lines[half:]
    result = compared(tmp_path, this, lines)
    assert result.new == 1
    assert [line.text for line in result.lines() if line.sign == "+"] == ["17 is new"]
    assert result.good.kinds.popitem()[1].count == 20_000


def test_very_long_lines_are_compared_and_cut(tmp_path: Path) -> None:
    this, good = b"x" * 3_000_000 + b"y\nz\n", b"x" * 3_000_000 + b"y\n"
    assert differences(tmp_path, this, good)[-1] == "+ z"
    assert max(map(len, differences(tmp_path, this, b""))) < 2000


def test_logs_with_nothing_but_different_lines_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST_KINDS", 3)
    with pytest.raises(Refused, match="more than 3 different lines"):
        compared(tmp_path, b"a\n", b"a\nb\nc\nd\n")
    with pytest.raises(Refused, match="more than 3 different lines"):
        compared(tmp_path, b"a\nb\nc\nd\n", b"a\n")


def test_only_so_many_differences_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST_SHOWN", 2)
    result = compared(tmp_path, b"a\nb\nc\nd\n", b"")
    assert result.new == 4
    assert [line.text for line in result.lines() if line.sign == "+"] == ["a", "b"]

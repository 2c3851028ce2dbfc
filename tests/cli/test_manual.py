"""The manual, as ``help`` prints it: topics, pages, what is near a wrong word, and a man page."""

import re
import shutil
import subprocess
from collections import Counter

import pytest

from tests.cli.conftest import Cli
from tests.support.needed import lack
from tui_scheduler.cli.printing.manual import page_lines
from tui_scheduler.manual import TOPICS, page, title
from tui_scheduler.manual.blocks import blocks_of


def test_alone_it_lists_the_topics(cli: Cli) -> None:
    listed = cli("help")
    assert listed.code == 0
    lines = listed.out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [*TOPICS]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_is_plain_text_for_whoever_is_no_terminal(cli: Cli, topic: str) -> None:
    printed = cli("help", topic)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith(f"{title(topic)}\n")
    assert "\x1b" not in printed.out
    running = [line for line in printed.out.splitlines() if not line.startswith("    ")]
    assert max(map(len, running)) <= 80


@pytest.mark.parametrize("width", [30, 80, 200])
@pytest.mark.parametrize("topic", TOPICS)
def test_no_word_of_a_page_is_lost(topic: str, width: int) -> None:
    source = re.sub(r"\]\([^)]*\)|-{3,}\|", "]", page(topic)).replace("\\|", "|")
    printed = "\n".join(page_lines(blocks_of(page(topic)), width, colour=False))
    words, seen = (Counter(re.findall(r"[\w/=-]{4,}", text)) for text in (source, printed))
    assert not words - seen


def test_with_colours_what_is_typed_has_one_instead_of_quotes(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed = cli("help", "plans").out
    assert "\x1b[36m@daily\x1b[0m" in printed
    assert "`" not in printed
    assert printed.startswith("\x1b[1mPlans\x1b[0m")


def test_a_link_says_with_which_words_its_page_is_read(cli: Cli) -> None:
    assert "Plans and words (help plans)" in " ".join(cli("help", "screens").out.split())


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("planz", "plans"),
        ("keys", "screens"),
        ("prozess", "process"),
        ("uninstall", "questions"),
        ("process adds", "process"),
    ],
)
def test_an_unknown_word_is_refused_with_what_is_near(cli: Cli, words: str, near: str) -> None:
    refused = cli("help", *words.split())
    assert (refused.code, refused.out) == (3, "")
    assert f"{words!r}" in refused.err
    assert near in refused.err.partition("Near: ")[2]
    assert "tui-scheduler help" in refused.err


def test_nothing_is_said_to_be_near_nonsense(cli: Cli) -> None:
    assert "Near" not in cli("help", "qqqqqqqq").err


@pytest.mark.parametrize("command", [("status",), ("process", "add"), ("service",)])
def test_of_a_command_it_shows_the_help(cli: Cli, command: tuple[str, ...]) -> None:
    assert cli("help", *command).out == cli(*command, "--help").out


def test_a_man_page_has_all_topics_and_commands(cli: Cli) -> None:
    printed = cli("help", "--man")
    assert printed.code == 0
    lines = printed.out.splitlines()
    assert lines[0].startswith(".TH TUI-SCHEDULER 1 ")
    assert {f".SH {title(topic).upper()}" for topic in TOPICS} <= set(lines)
    assert "\\fBtimeline\\fR" in lines
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".IP", ".RS", ".RE", ".nf", ".fi", ".br"}
    assert {line.split()[0] for line in lines if line.startswith(".")} == known
    assert "Nothing is lost: What it promises tells how" in printed.out


def test_nothing_else_is_asked_for_with_a_man_page(cli: Cli) -> None:
    assert cli("help", "plans", "--man").code == 2


def test_roff_finds_nothing_wrong_with_it(cli: Cli) -> None:
    if shutil.which("groff") is None:
        lack("groff", "there is no groff")
    command = ["groff", "-man", "-ww", "-Kutf8", "-Tutf8"]
    printed = cli("help", "--man").out
    done = subprocess.run(command, input=printed, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A run has its row before it has a process" in " ".join(
        re.sub(r".\x08", "", done.stdout).split()
    )


def test_a_press_of_tab_offers_topics_and_commands(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_TUI_SCHEDULER_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "tui-scheduler help p")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert {"plans", "parameters", "process", "prune"} <= set(re.findall(r"\w+", cli().out))

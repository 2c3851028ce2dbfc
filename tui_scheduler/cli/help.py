"""The manual, and the help of any command."""

import shutil
import sys
from collections.abc import Sequence

import click

from tui_scheduler.cli.completing.completions import topics
from tui_scheduler.cli.options.click_classes import argument, command, examples, option
from tui_scheduler.cli.printing.output import has_colour, is_terminal
from tui_scheduler.cli.root import PROGRAM, root
from tui_scheduler.manual import TOPICS, missing_topic, page

_WIDTH = 80  # cells, where no terminal says how many it has
_WIDEST = 100  # that are easy to read


@command(
    "help",
    epilog=examples("help", "help plans", "help request add", "help --man > tui-scheduler.1"),
)
@argument("words", metavar="[TOPIC|COMMAND]", nargs=-1, shell_complete=topics)
@option("--man", "as_man_page", is_flag=True, help="Print the whole manual as a man page (roff).")
def help_command(words: Sequence[str], as_man_page: bool) -> None:
    """Show a page of the manual, or the help of a command; alone, which topics there are.

    On a terminal that is too low for it, a page is shown in your PAGER.
    """
    if as_man_page:
        if words:
            raise click.UsageError("--man prints all of the manual: leave out the topic.")
        _print_man_page()
    elif not words:
        _print_topics()
    elif len(words) == 1 and words[0] in TOPICS:
        _print_page(words[0])
    else:
        _print_help_of(words)


def _print_topics() -> None:
    widest = max(map(len, TOPICS))
    print("The manual has these topics:\n")
    for name, about in TOPICS.items():
        print(f"  {name.ljust(widest)}  {about}")
    print(f"\nOne of them: {PROGRAM} help TOPIC. Of a command: {PROGRAM} help COMMAND.")


def _print_page(topic: str) -> None:
    from tui_scheduler.cli.printing.manual import page_lines
    from tui_scheduler.manual.blocks import blocks_of

    columns, height = shutil.get_terminal_size((_WIDTH, 24))
    is_seen = is_terminal(sys.stdout)
    width = min(columns, _WIDEST) if is_seen else _WIDTH
    lines = [*page_lines(blocks_of(page(topic)), width, colour=has_colour())]
    text = "".join(f"{line}\n" for line in lines)
    if is_seen and is_terminal(sys.stdin) and len(lines) >= height:
        click.echo_via_pager(text, color=has_colour())
    else:
        print(text, end="")


def _print_man_page() -> None:
    from tui_scheduler.cli.printing.man_page import man_page

    summary = root.get_short_help_str(_WIDTH).rstrip(".")
    commands = {
        title: {name: known.summary for name, known in section.items()}
        for title, section in root.sections.items()
    }
    print(man_page(f"{summary[:1].lower()}{summary[1:]}", commands), end="")


def _print_help_of(words: Sequence[str]) -> None:
    context = click.Context(root, info_name=PROGRAM)
    current: click.Command = root
    for word in words:
        inner = current.get_command(context, word) if isinstance(current, click.Group) else None
        if inner is None:
            raise missing_topic(" ".join(words), root.list_commands(context))
        current, context = inner, click.Context(inner, info_name=word, parent=context)
    print(current.get_help(context))

"""How shells ask what a word may become, and how they are answered.

click does most of it. Its scripts for bash and fish split names at commas, expand ``*`` in them
and leave spaces and ``$(...)`` to be read as a command line when return is pressed; all three
take the option's name in ``--process=ba`` for a part of its value. So these are ours.
"""

import os
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import click
from click.shell_completion import FishComplete, ShellComplete, ZshComplete

from tui_scheduler.cli.completing.command_line import TypedLine, quoted

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_PROGRAM = "tui-scheduler"
_VARIABLE = "_TUI_SCHEDULER_COMPLETE"

_BASH = """\
%(complete_func)s() {
    local kind word
    COMPREPLY=()
    while IFS=, read -r kind word; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$word") ;;
        esac
    done < <(
        COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
            %(complete_var)s=bash_complete "${1/#\\~/$HOME}" 2>/dev/null
    )
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_FISH = """\
function %(complete_func)s
    set -l line (commandline -cp)
    set -l answer (env %(complete_var)s=fish_complete COMP_WORDS="$line" %(prog_name)s 2>/dev/null)
    for completion in $answer
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                printf '%%s\\n' $parts[2]
        end
    end
end

complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Shell(StrEnum):
    """The shells that can be told how to complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


class _Typed(ShellComplete):
    """Reads the line that is being typed, and remembers how its last word begins."""

    line: TypedLine
    option = ""
    """``--process=``, where the last word is that and a value."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words before the last one, without the program's name; and the last one."""
        self.line = TypedLine(os.environ.get("COMP_BREAKS", "")).type(os.environ["COMP_WORDS"])
        return self.line.words[1:], self._noted(self.line.word)

    def _noted(self, word: str) -> str:
        option, equals, _ = word.partition("=")
        self.option = option + equals if word.startswith("-") and equals else ""
        return word


class Bash(_Typed):
    """bash 4.4 and later; it replaces what follows the last of its word breaks."""

    name = "bash"
    source_template = _BASH

    def format_completion(self, item: "CompletionItem[str]") -> str:
        """Returns kind and value, fit to be inserted where the word begins for bash."""
        word = self.option + item.value
        return f"{item.type},{quoted(word[self.line.begun :], self.line.quote)}"


class Fish(_Typed, FishComplete):
    """fish, which replaces the whole word and quotes it."""

    source_template = _FISH

    def format_completion(self, item: "CompletionItem[str]") -> str:
        """Returns kind, the whole word, and what is shown beside it."""
        about = f"\t{item.help}" if item.help else ""
        return f"{item.type},{self.option}{item.value}{about}"


class Zsh(_Typed, ZshComplete):
    """zsh, which replaces the whole word and quotes it; the script is click's."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words before the cursor's, without the program's name; and that one."""
        line = TypedLine().type(os.environ["COMP_WORDS"])
        words, place = [*line.words, line.word], int(os.environ["COMP_CWORD"])
        return words[1:place], self._noted(words[place] if place < len(words) else "")

    def format_completion(self, item: "CompletionItem[str]") -> str:
        """Returns kind, whole word and what is shown beside it (or ``_``), a line each."""
        word = self.option + item.value
        if item.help:  # only then zsh takes a colon for the end of the word
            word = word.replace("\\", "\\\\").replace(":", "\\:")
        return "\n".join((item.type, word, item.help or "_"))


_SHELLS: dict[Shell, type[ShellComplete]] = {Shell.BASH: Bash, Shell.ZSH: Zsh, Shell.FISH: Fish}


def script(shell: Shell, root: click.Command) -> str:
    """Returns the script that has ``shell`` ask what words of ``root`` may become."""
    return _SHELLS[shell](root, {}, _PROGRAM, _VARIABLE).source()


def answer(question: str, root: click.Command) -> None:
    """Print the answer to a question such as ``bash_complete``; to what goes wrong, nothing."""
    shell, _, what = question.partition("_")
    with suppress(Exception, KeyboardInterrupt):
        asked = _SHELLS[Shell(shell)](root, {}, _PROGRAM, _VARIABLE)
        if text := asked.source() if what == "source" else asked.complete():
            print(text)

"""Completing commands, options, names and numbers at a press of tab."""

from tui_scheduler.cli.completing.shells import Shell, script
from tui_scheduler.cli.options.click_classes import argument, command, examples
from tui_scheduler.cli.options.param_types import choice
from tui_scheduler.cli.root import root


@command(
    "completion",
    epilog=examples(
        "completion bash \\",
        "    > ~/.local/share/bash-completion/completions/tui-scheduler",
        "completion zsh > ~/.zfunc/_tui-scheduler",
        "completion fish \\",
        "    > ~/.config/fish/completions/tui-scheduler.fish",
    ),
)
@argument("shell", metavar="bash|zsh|fish", type=choice(Shell))
def completion_command(shell: Shell) -> None:
    """Print the script that lets a shell complete what you type, also names and ids.

    \b
    For one session, or as a line of the file named beside it:
      eval "$(tui-scheduler completion bash)"   ~/.bashrc  (bash 4.4 or later)
      eval "$(tui-scheduler completion zsh)"    ~/.zshrc   (below compinit)
      tui-scheduler completion fish | source    ~/.config/fish/config.fish

    Or once for all, as in the examples: then a new shell starts no slower. The folder for zsh has
    to stand in its fpath.
    """  # noqa: D301  click's mark
    print(script(shell, root), end="")

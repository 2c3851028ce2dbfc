"""How commands are declared: found when they are used, and all wrong values told at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import click

from tui_scheduler.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from click.types import OptionHelpExtra

F = TypeVar("F", bound=Callable[..., Any])

_PROBLEMS = f"{__name__}.problems"
EXIT_CODES = """\b
Exit codes: 0 done, 1 failed, 2 wrong usage or invalid input, 3 not found,
4 database busy or unusable, 130 ended by ctrl+c."""


class _Collecting(click.Parameter):
    """A parameter whose wrong value does not hide the wrong values of others."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        try:
            value, rest = super().handle_parse_result(ctx, opts, args)
        except click.BadParameter as error:
            missing = isinstance(error, click.MissingParameter)
            self._refuse(ctx, "is missing" if missing else error.message.rstrip("."))
            return None, args
        if not _is_text(value):
            self._refuse(ctx, "is not valid UTF-8: retype it")
        return value, rest

    def _refuse(self, ctx: click.Context, text: str) -> None:
        field = self.opts[-1] if isinstance(self, click.Option) else self.human_readable_name
        ctx.meta.setdefault(_PROBLEMS, []).append(Problem(field, text))


class Option(_Collecting, click.Option):
    """An option that collects its problem."""


class Unless(Option):
    """A required option that may be missing when the one called ``other`` is given instead."""

    other: ClassVar[str]
    remedy: ClassVar[str]

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Have it be required only without the other one."""
        if self.name in opts or not self.required:
            return super().handle_parse_result(ctx, opts, args)
        if self.other not in opts:
            self._refuse(ctx, self.remedy)
        ctx.params[self.name or ""] = None
        return None, args

    def get_help_extra(self, ctx: click.Context) -> "OptionHelpExtra":
        """Say in the help without which other one it is required."""
        extra = super().get_help_extra(ctx)
        if "required" in extra:
            extra["required"] += f" without --{self.other}"
        return extra


class Argument(_Collecting, click.Argument):
    """An argument that collects its problem."""


class Command(click.Command):
    """A command that refuses all its wrong values together, one line each.

    Its epilog, with examples, is followed by the exit codes.
    """

    def __init__(self, name: str | None, **attributes: Any) -> None:
        examples = attributes.pop("epilog", None)
        epilog = f"{examples}\n\n{EXIT_CODES}" if examples else EXIT_CODES
        super().__init__(name, epilog=epilog, **attributes)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and raise InvalidInput with everything that is wrong, unless it is unfinished."""
        rest = super().parse_args(ctx, args)
        problems = ctx.meta.get(_PROBLEMS)
        if problems and not ctx.resilient_parsing:
            raise InvalidInput(problems)
        return rest


class Group(click.Group):
    """Commands in the order they are declared, not of the alphabet."""

    command_class = Command

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Returns the names as they were declared."""
        return list(self.commands)


@dataclass(frozen=True, slots=True)
class Known:
    """The module that a command lives in, and what it does: so nothing is imported to say that."""

    module: str
    summary: str


class LazyGroup(Group):
    """A group whose commands live in modules that are imported only when they are needed.

    ``sections``: titles in the help, with the commands below each, in order.
    """

    def __init__(self, *, sections: Mapping[str, Mapping[str, Known]], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.sections = sections
        self._known = {name: known for part in sections.values() for name, known in part.items()}

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Returns the names in the order they were given."""
        return list(self._known)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command of that name; its module calls it ``<name>_command``."""
        if cmd_name not in self._known:
            return None
        module = import_module(f"tui_scheduler.cli.{self._known[cmd_name].module}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its commands, all aligned."""
        widest = max(map(len, self._known))
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(widest), known.summary) for name, known in commands.items()]
                )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Returns the commands and options that begin with ``incomplete``."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=known.summary)
            for name, known in self._known.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def _is_text(value: Any) -> bool:
    """Returns whether ``value`` holds nothing but whole characters; a shell may give any bytes."""
    words = value if isinstance(value, tuple) else (value,)
    try:
        "".join(word for word in words if isinstance(word, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)
command = partial(click.command, cls=Command)
json_option = option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
)

secrets_option = option(
    "--show-secrets",
    is_flag=True,
    help="Print the values of variables that look secret (TOKEN, SECRET, PASSWORD, KEY), too.",
)


def with_options(options: Sequence[tuple[str, Mapping[str, Any]]]) -> Callable[[F], F]:
    """Give a command several options, each by its name with what click wants to know of it."""

    def decorate(function: F) -> F:
        for name, attributes in reversed(options):
            function = option(name, parameter_of(name), **attributes)(function)
        return function

    return decorate


def parameter_of(name: str) -> str:
    """Returns what the parameter is called that an option sets, as the field of a draft is."""
    parameter = name.partition("/")[0].removeprefix("--").replace("-", "_")
    return f"{parameter}_" if iskeyword(parameter) else parameter


def examples(*lines: str) -> str:
    """Returns the epilog of a command: ``lines`` as they are typed; an indented one continues."""
    typed = [line if line.startswith(" ") else f"tui-scheduler {line}" for line in lines]
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in typed)])

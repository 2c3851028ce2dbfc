"""The root of the command line: global options, and where each command is found."""

from typing import Any

import click

from tui_scheduler import __version__
from tui_scheduler.cli.completing.completions import files
from tui_scheduler.cli.options.click_classes import EXIT_CODES, Known, LazyGroup
from tui_scheduler.cli.screen import has_screen, open_screen
from tui_scheduler.cli.session import Session
from tui_scheduler.settings import CONFIG_VARIABLE, DATABASE_VARIABLE

PROGRAM = "tui-scheduler"

_COMMANDS = {
    "What and when": {
        "add": Known("add", "Schedule a command, in one line."),
        "process": Known("process", "Define what can be run."),
        "group": Known("group", "Define what is run step by step."),
        "request": Known("request", "Say when processes run."),
        "next": Known("scheduling.next", "List what runs next, or what a plan would do."),
        "import": Known("importing.command", "Take over what another scheduler runs."),
    },
    "Run and stop": {
        "serve": Known(
            "serving.serve",
            "Schedule without a screen until SIGTERM or SIGINT (ctrl+c).",
        ),
        "web": Known("web.command", "Show the screen in a browser, and schedule meanwhile."),
        "service": Known("serving.service", "Have the system keep serve running."),
        "schedule": Known("scheduling.schedule", "Schedule a request, or reschedule it."),
        "unschedule": Known("scheduling.schedule", "Stop future runs of a request."),
        "pause": Known("scheduling.pause", "Pause a request, or skip its next run."),
        "resume": Known("scheduling.pause", "Let a paused request go on."),
        "trigger": Known("scheduling.schedule", "Run a request now."),
        "kill": Known("runs.kill", "Stop a run."),
        "hold": Known("scheduling.hold", "Hold all scheduling."),
        "release": Known("scheduling.hold", "Go on scheduling."),
    },
    "What happens": {
        "status": Known("status", "Say in one line who schedules and what goes on."),
        "timeline": Known("timeline", "Show what ran and what is to come, as a picture."),
        "runs": Known("runs.runs", "List runs, or follow them."),
        "run": Known("runs.run", "Show all of one run."),
        "log": Known("runs.log", "Print what a run wrote."),
        "clusters": Known("clusters", "List the clusters that runs are handed to."),
        "notices": Known("notices", "List who was told of what."),
        "notify": Known("notify", "Try who is told."),
    },
    "Maintenance": {
        "prune": Known("runs.prune", "Remove old runs with their logs."),
        "doctor": Known("doctor", "Check the database and its files."),
        "backup": Known("backup", "Copy the database."),
        "export": Known("export", "Write all that is defined as one file."),
        "apply": Known("apply", "Make the database match such a file."),
        "help": Known("help", "Read the manual, or the help of a command."),
        "completion": Known("completion", "Let a shell complete what you type."),
    },
}
_EPILOG = f"""\b
Examples:
  tui-scheduler                      # open the screen
  tui-scheduler --demo               # look around in a throw-away database
  tui-scheduler add --when 'weekdays at 18:30' -- rsync -a ~/work /mnt/backup
  tui-scheduler next                 # what fires, and when
  tui-scheduler log backup           # what the newest run of it wrote
  tui-scheduler serve                # schedule without a screen
  tui-scheduler help                 # the topics of the manual

{EXIT_CODES}"""


@click.command(
    cls=LazyGroup,
    sections=_COMMANDS,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
    epilog=_EPILOG,
)
@click.option(
    "--database",
    metavar="PATH",
    shell_complete=files,
    envvar=DATABASE_VARIABLE,
    help="The database file. Default: the environment variable TUI_SCHEDULER_DATABASE,"
    " the configuration file, or a file in your data directory.",
)
@click.option(
    "--config",
    metavar="FILE",
    shell_complete=files,
    envvar=CONFIG_VARIABLE,
    help="The configuration file. Default: the environment variable TUI_SCHEDULER_CONFIG, or"
    " config.toml in your configuration directory.",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Use a throw-away database with sample requests that are already running.",
)
@click.version_option(__version__, "--version", "-V", message="%(prog)s %(version)s")
@click.help_option("--help", "-h")
@click.pass_context
def root(context: click.Context, /, **options: Any) -> int | None:
    """Schedule, run and watch background processes.

    Without a command the screen opens. With one, data goes to standard output and everything else
    to standard error; --json makes the data one JSON document.
    """
    source = context.get_parameter_source("database")
    if options["demo"] and source is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--demo makes its own database: leave out --database.")
    session = Session.of(options)
    context.obj = session
    context.call_on_close(session.close)
    if context.invoked_subcommand:
        return None
    if not has_screen():
        raise click.UsageError(
            "The screen needs a terminal. To schedule without one: tui-scheduler serve"
        )
    return open_screen(session)

"""The script of a job: it takes the run, runs its command with its output in the log, and ends it.

It needs a POSIX shell and the usual tools on the node, and nothing of this program. The output goes
through a pipe, as a command that is given a file may empty it; the end is written when the log is
complete. Nothing is in it that may be secret: variables come with the environment of the job, under
names of ours, so that none of them changes what the script or Slurm itself does.
"""

import math
import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath

from tui_scheduler.engine.run_variables import own_variables
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.running.taken_runs import Claim

_VALUE = "TUI_SCHEDULER_VALUE_"
_MINUTE = 60
_TIME_LIMIT = ("--time=", "--tim=", "--ti=", "-t")
_DRAIN = 1  # seconds that what was left running may keep the log open

_SCRIPT = """\
#!/bin/sh
# Run {run_id} of tui-scheduler.
umask 077
begun={begun}
log={log}
now() {{ date +%s.%N; }}
[ -f "$log" ] || exit {no_folder}  # whoever submitted this made it
if ! (set -C; echo "$SLURM_JOB_ID $SLURMD_NODENAME $(now)" >"$begun") 2>/dev/null; then
    [ -s "$begun" ] || sleep 1  # whoever has just made it is about to write
    [ -s "$begun" ] && exit 0  # another job of this run has begun, or it was withdrawn
    exit {no_folder}  # the folder is not there, or full
fi
refuse() {{
    echo "- $(now) $1" >>"$begun"
    exit 1
}}
pipes=$(mktemp -d) || refuse "there is no room for a pipe on $SLURMD_NODENAME"
trap 'rm -rf "$pipes"' EXIT
mkfifo "$pipes/output" || refuse "there is no room for a pipe on $SLURMD_NODENAME"
{enter}
(
    trap '' HUP INT QUIT TERM USR1 USR2
    {keep} <"$pipes/output" >>"$log"
) &
keeps=$!
trap : HUP INT QUIT TERM USR1 USR2  # what runs in the foreground is waited for all the same
(
    umask {umask}
{variables}
    exec /bin/sh -c -- {command}
) >"$pipes/output" 2>&1 </dev/null
code=$?
(
    trap '' HUP INT QUIT TERM USR1 USR2
    sleep {drain}
    kill -9 "$keeps"
) 2>/dev/null &
hurries=$!
while kill -0 "$keeps" 2>/dev/null; do wait "$keeps"; done
kill -9 "$hurries" 2>/dev/null
times >"$pipes/times"
cpu=$(awk 'NR == 2 {{ gsub(/[ms]/, " "); print $1 * 60 + $2 + $3 * 60 + $4 }}' "$pipes/times")
echo "$code $(now) $cpu" >>"$begun"
"""

NO_FOLDER = 74
"""The exit code of a job on a node that does not see the folder of the logs, or cannot write."""

NOWHERE = (
    *("--output=/dev/null", "--error=/dev/null", "--input=/dev/null", "--chdir=/"),
    "--export=ALL",
)
"""Options by which Slurm itself writes nothing, and asks for no folder: the script does that."""

_KEEP = """\
if [ {cap} -gt 0 ] && command -v stdbuf >/dev/null; then
        stdbuf -o0 head -c {cap}
        lost=$(wc -c)
        [ "$lost" -eq 0 ] || printf '\\n-- %d bytes of output not kept: {reason} --\\n' "$lost"
    else
        cat || cat >/dev/null
    fi"""


def script_of(
    claim: Claim, begun: PurePath, *, umask: int, log_cap: int, python_child: PurePath
) -> str:
    """Returns the script of the job of ``claim``, whose log has ``log_cap`` bytes at most.

    0 is no limit. ``begun`` is the file that lets it begin once, ``python_child`` the script that
    calls the callable of a Python process.
    """
    names = variables_of(claim)
    given = (f'    export {name}="${_VALUE}{number}"' for number, name in enumerate(names))
    hide = (f"    unset {_VALUE}{number}" for number in range(len(names)))
    keep = _KEEP.format(cap=log_cap, reason="its log is full (log_cap)")
    return _SCRIPT.format(
        run_id=claim.run_id,
        begun=shlex.quote(str(begun)),
        log=shlex.quote(str(claim.log_path)),
        no_folder=NO_FOLDER,
        enter=_enter(claim.working_directory),
        variables="\n".join((*given, *hide)),
        keep=f"{{ {keep}; }}",
        umask=f"{umask:03o}",
        command=shlex.quote(_command(claim, python_child)),
        drain=_DRAIN,
    )


def time_limit(
    timeout: timedelta | None, given: Sequence[str], grace: timedelta = timedelta()
) -> tuple[str, ...]:
    """Returns the option that has Slurm end a run a little after we would.

    Nothing if its time is not limited, or the options that are ``given`` say how long.
    """
    if timeout is None or any(option.startswith(_TIME_LIMIT) for option in given):
        return ()
    minutes = math.ceil((timeout + grace).total_seconds() / _MINUTE) + 1
    return (f"--time={minutes}",)


def variables_of(claim: Claim) -> dict[str, str]:
    """Returns the variables of a run, its own over those of its process."""
    return {"PYTHONUNBUFFERED": "1", **claim.environment, **own_variables(claim)}


def exported(variables: Mapping[str, str]) -> dict[str, str]:
    """Returns variables as the job is given them, in the order in which the script takes them."""
    return {f"{_VALUE}{number}": value for number, value in enumerate(variables.values())}


def _enter(folder: str | None) -> str:
    """Shell text that goes to where the run is to begin, or says that it cannot."""
    if folder is None:
        return 'cd -- "$HOME" 2>/dev/null || cd /'
    where = shlex.quote(folder)
    if folder.startswith("~/") or folder == "~":
        where = f'"$HOME"{shlex.quote(folder[1:])}'
    reason = f"the working directory {folder} cannot be entered on "
    return f'cd -- {where} 2>/dev/null || refuse {shlex.quote(reason)}"$SLURMD_NODENAME"'


def _command(claim: Claim, python_child: PurePath) -> str:
    """What the shell on the node is to run."""
    if claim.kind is not ProcessKind.PYTHON:
        return claim.command
    python = shlex.quote(claim.python or "python3")
    call = shlex.join([str(python_child), claim.command])
    return (
        f'python={python}; [ -d "$python" ] && python="$python/bin/python"; exec "$python" {call}'
    )

"""Which options of sbatch are not for anybody else to give, and why.

All other options are Slurm's own business, also those that are not known here. As sbatch takes
them, a long name may be abbreviated, and short ones that have no value may share a word.
"""

from collections.abc import Mapping

from tui_scheduler.wording import cut

_READ = "what sbatch says is read by tui-scheduler"
_LOG = "what a run prints is its log"
_REASONS: Mapping[str, str] = {
    "array": "a run is one job: make a process for each, or give it a parameter",
    "wrap": "what runs is the command of the process",
    "job-name": "runs are found by the name that they are given",
    "output": _LOG,
    "open-mode": _LOG,
    "error": _LOG,
    "input": "runs have no input: have the command read a file",
    "chdir": "use the working directory of the process",
    "workdir": "use the working directory of the process",
    "export": "use the environment of the process",
    "export-file": "use the environment of the process",
    "requeue": "a run begins once: use the retries of the process",
    "begin": "the schedule says when it runs",
    "dependency": "make a group: its members run one after the other",
    "hold": "it would wait until somebody releases it: unschedule its requests instead",
    "clusters": "it would run where nobody looks for it: name another cluster instead",
    "uid": "runs are those of whoever schedules",
    "gid": "runs are those of whoever schedules",
    "wait": _READ,
    "parsable": _READ,
    "test-only": _READ,
    "quiet": _READ,
    "verbose": _READ,
    "help": "it would run nothing",
    "usage": "it would run nothing",
    "version": "it would run nothing",
    "autocomplete": "it would run nothing",
}
_SHORT: Mapping[str, str] = {
    "a": "array",
    "b": "begin",
    "d": "dependency",
    "D": "chdir",
    "e": "error",
    "h": "help",
    "H": "hold",
    "i": "input",
    "J": "job-name",
    "M": "clusters",
    "o": "output",
    "Q": "quiet",
    "v": "verbose",
    "V": "version",
    "W": "wait",
}
_WITHOUT_VALUE = frozenset("hHOQsvVW")
_WIDEST = 100  # characters of an option that is repeated


def why_not(option: str) -> str | None:
    """Returns why ``option``, a word that begins with a dash, cannot be given; None if it can."""
    name = _ours(option)
    if name is None:
        return None
    meant = "" if option.startswith(f"--{name}") else f" (--{name})"
    return f"cannot hold {cut(option, _WIDEST)}{meant}: {_REASONS[name]}"


def _ours(option: str) -> str | None:
    """The full name of what ``option`` is, or may be, of all that is not to be given."""
    if option.startswith("--"):
        begun = option.removeprefix("--").partition("=")[0]
        return next((name for name in _REASONS if name.startswith(begun)), None)
    for letter in option[1:]:
        if letter in _SHORT:
            return _SHORT[letter]
        if letter not in _WITHOUT_VALUE:
            return None  # the rest is its value
    return None

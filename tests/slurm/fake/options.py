"""The options of Slurm's tools, as far as a fake knows them; others are refused as unknown."""

import getopt

_WITH_VALUE = {
    "sbatch": {
        "J": "job-name", "i": "input", "o": "output", "e": "error", "D": "chdir", "t": "time",
        "p": "partition",
        "w": "nodelist", "n": "ntasks", "c": "cpus-per-task", "N": "nodes", "d": "dependency",
        "b": "begin", "A": "account", "q": "qos", "C": "constraint", "G": "gpus", "L": "licenses",
    },
    "squeue": {"o": "format", "t": "states", "j": "jobs", "n": "name", "u": "user"},
    "scancel": {"s": "signal", "t": "state", "n": "name", "u": "user"},
    "scontrol": {},
    "sinfo": {"o": "format"},
}  # fmt: skip
"""By their letters."""

_WITHOUT = {
    "sbatch": {"H": "hold", "Q": "quiet", "v": "verbose", "W": "wait"},
    "squeue": {"h": "noheader", "a": "all", "r": "array"},
    "scancel": {"b": "batch", "f": "full", "Q": "quiet", "v": "verbose"},
    "scontrol": {"o": "oneliner"},
    "sinfo": {"h": "noheader", "N": "Node"},
}

_LONG = {
    "sbatch": [
        "parsable", "test-only", "requeue", "no-requeue", "exclusive", "export=", "mem=", "gres=",
        "mem-per-cpu=", "comment=", "nice=", "mail-type=", "mail-user=", "signal=", "open-mode=",
        "reservation=", "tmp=", "ntasks-per-node=", "gpus-per-node=", "time-min=",
    ],
    "squeue": ["me"],
    "scancel": ["me"],
    "scontrol": [],
    "sinfo": [],
}  # fmt: skip
"""Those without a letter."""

Options = dict[str, str]
"""Long names without dashes, and their values; empty where they take none."""


class Refused(Exception):
    """A tool ends with ``code``, and says the text on its standard error."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def parsed(tool: str, words: list[str]) -> tuple[Options, list[str]]:
    """The options of a call and its other words. Raises Refused."""
    valued, plain = _WITH_VALUE[tool], _WITHOUT[tool]
    letters = "".join(plain) + "".join(f"{letter}:" for letter in valued)
    names = [*_LONG[tool], *plain.values(), *(f"{name}=" for name in valued.values())]
    by_letter = valued | plain
    try:
        options, rest = getopt.gnu_getopt(words, letters, names)
    except getopt.GetoptError as error:
        word = next((word for word in words if word.startswith(f"--{error.opt}")), error.opt)
        problem = (
            f"{tool}: option '--{error.opt}' requires an argument"
            if "requires argument" in error.msg
            else f"{tool}: unrecognized option '{word}'"
        )
        code = 255 if tool == "sbatch" else 1
        raise Refused(f'{problem}\nTry "{tool} --help" for more information', code) from None
    given = {name.lstrip("-"): value for name, value in options}
    return {by_letter.get(name, name): value for name, value in given.items()}, rest

"""The clusters that the configuration file names: engines that runs may be handed to.

All that an engine is asked for besides a run itself are options in its own words, which it checks
itself: there is no second language of resources.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_scheduler.sbatch_options import why_not
from tui_scheduler.wording import cut

SLURM = "slurm"
ENGINES = (SLURM,)
"""The engines that runs can be handed to."""

ANSWER_TIME = 10.0
"""Seconds that a cluster is given to say what it thinks of the options of a run."""

MOST_OPTIONS = 100
LONGEST_OPTION = 1000  # characters
THIS_MACHINE = "none"
"""Stands in the place of a name for none of them: no cluster is called so."""

HERE = "here"
"""What stands for this machine where a place is asked for."""

_NAME = re.compile(r"[\w.-]{1,100}")
_OPTION = re.compile(r"--[a-z][\w-]*(=|\Z)|-[A-Za-z](?! )", re.ASCII)
_SEVERAL = re.compile(r" --?[A-Za-z]")  # typed in one line, they would be the value of the first
_WIDEST = 100  # characters of an option that is repeated
_KEYS = ("engine", "options", "folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An engine with the ``options`` that all runs are submitted with, before their own.

    ``folder`` is seen by this machine and by all nodes, under the same name: logs lie in it.
    """

    name: str
    engine: str
    options: tuple[str, ...] = ()
    folder: Path


def how_to_add_cluster(config: Path) -> str:
    """Returns what says how runs come to be handed to a cluster, where none is configured."""
    return (
        "All runs on this machine: there is no cluster. Add one, for example, to\n"
        f"{config}:\n\n"
        "    [cluster.hpc]\n"
        '    engine = "slurm"\n'
        '    options = ["--partition=main"]\n'
        '    folder = "/shared/me/tui-scheduler"\n\n'
        "The folder must be seen by all nodes: logs lie there."
    )


def cluster_of(name: str, values: Any) -> Cluster:
    """Returns the cluster that a table of the configuration describes; raises ValueError."""
    if name_problem := why_no_name(name):
        raise ValueError(f"its name {name_problem}")
    if not isinstance(values, Mapping):
        raise ValueError(f"must be a table, called [cluster.{name}]")
    if unknown := sorted(set(values) - set(_KEYS)):
        raise ValueError(f"{unknown[0]} is not known. Known ones: {', '.join(_KEYS)}")
    if (engine := values.get("engine")) not in ENGINES:
        raise ValueError(f"engine must be {' or '.join(map(repr, ENGINES))}")
    folder = values.get("folder")
    if not isinstance(folder, str) or not Path(folder).expanduser().is_absolute():
        raise ValueError("folder must be the whole path of a folder that all nodes see")
    try:
        options = refuse_odd_options(values.get("options", ()))
    except ValueError as error:
        raise ValueError(f"options {error}") from None
    return Cluster(name=name, engine=engine, options=options, folder=Path(folder).expanduser())


def why_no_name(name: str) -> str | None:
    """Returns why no cluster can be called ``name``, after its subject; None if one can."""
    if not _NAME.fullmatch(name):
        return "may have letters, digits, '.', '-' and '_' only"
    if name.lower() in (THIS_MACHINE, HERE):
        return f"may not be {name.lower()!r}, which is this machine"
    return None


def unknown_cluster(name: str, known: Collection[str], config: Path) -> str:
    """Returns what is wrong with ``name`` where it is none of those in ``config``."""
    others = f"use {' or '.join(known)}, " if known else ""
    return f"there is no [cluster.{name}] in {config}: {others}add it, or use none"


def refuse_odd_options(options: Any) -> tuple[str, ...]:
    """Returns the options of an engine; raises ValueError for what is none, or is ours to give."""
    if not isinstance(options, Sequence) or isinstance(options, str):
        raise ValueError('must be a list of words in quotes, for example ["--mem=1G"]')
    if len(options) > MOST_OPTIONS:
        raise ValueError(f"are more than {MOST_OPTIONS}: leave some out")
    for option in options:
        if problem := _problem(option):
            raise ValueError(problem)
    return tuple(options)


def _problem(option: Any) -> str | None:
    if not isinstance(option, str) or not _OPTION.match(option) or _SEVERAL.search(option):
        given = cut(repr(option), _WIDEST)
        return f"must each begin with a dash and hold their value, such as --mem=1G: {given}"
    if not option.isprintable():
        return f"must be printable: {cut(repr(option), _WIDEST)}"
    if option.endswith(" "):
        return f"must not end with a space: {cut(repr(option), _WIDEST)}"
    if len(option) > LONGEST_OPTION:
        return f"must each have at most {LONGEST_OPTION} characters: {cut(option, _WIDEST)}"
    return why_not(option)


def load_options(text: str) -> tuple[str, ...]:
    """Returns the options of a process as they are stored; raises ValueError for a damaged row."""
    if text == "[]":
        return ()
    import json

    try:
        return refuse_odd_options(json.loads(text))
    except ValueError as error:
        raise ValueError(f"The cluster options of the process cannot be read: {error}") from error


def handle_of(job: str, stem: str) -> str:
    """Returns how a run is named that is the ``job`` of an engine, with files called ``stem``.

    An engine may give the number of a job to another one later, so that alone does not tell it.
    """
    return f"{job} {stem}"


def job_of(handle: str | None) -> str:
    """Returns the number of the job in a handle, as its engine knows it; empty if there is none."""
    return (handle or "").partition(" ")[0]


def place_of(cluster: str, node: str = "") -> str:
    """Returns where a run is that was handed to ``cluster``, on ``node`` as soon as it has one."""
    return f"{cluster}:{node}" if node else cluster


def cluster_at(place: str) -> str:
    """Returns the name of the cluster that ``place`` belongs to; empty for this machine."""
    return place.partition(":")[0]


def node_of(place: str) -> str:
    """Returns the name of the node in ``place``; empty as long as it has none."""
    return place.partition(":")[2]


def is_at(place: str, wanted: str) -> bool:
    """Whether ``wanted`` means ``place``: its cluster, or its node (``hpc:n3``), or ``HERE``."""
    return not place if wanted == HERE else wanted in (place, cluster_at(place))

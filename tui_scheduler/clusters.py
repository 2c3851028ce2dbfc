"""The clusters that the configuration file names: engines that runs may be handed to.

All that an engine is asked for besides a run itself are options in its own words, which it checks
itself: there is no second language of resources.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLURM = "slurm"
ENGINES = (SLURM,)
"""The engines that runs can be handed to."""

HERE = "here"
"""What stands for this machine where a place is asked for."""

_NAME = re.compile(r"[\w.-]{1,100}")
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


def cluster_of(name: str, values: Any) -> Cluster:
    """Returns the cluster that a table of the configuration describes; raises ValueError."""
    if not _NAME.fullmatch(name):
        raise ValueError("its name may have letters, digits, '.', '-' and '_' only")
    if name == HERE:
        raise ValueError(f"its name may not be {HERE!r}, which stands for this machine")
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


def refuse_odd_options(options: Any) -> tuple[str, ...]:
    """Returns the options of an engine; raises ValueError for what is none, or is ours to give."""
    if not isinstance(options, Sequence) or isinstance(options, str):
        raise ValueError('must be a list of words in quotes, for example ["--mem=1G"]')
    for option in options:
        if not isinstance(option, str) or not option.startswith("-") or not option.strip("-"):
            raise ValueError(
                f"must each begin with a dash and hold their value, such as --mem=1G: {option!r}"
            )
        if not option.isprintable():
            raise ValueError(f"must be printable: {option!r}")
    return tuple(options)


def load_options(text: str) -> tuple[str, ...]:
    """Returns the options of a process as they are stored; raises ValueError for a damaged row."""
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


def is_at(place: str, wanted: str) -> bool:
    """Whether ``wanted`` means ``place``: its cluster, or its node (``hpc:n3``), or ``HERE``."""
    return not place if wanted == HERE else wanted in (place, cluster_at(place))

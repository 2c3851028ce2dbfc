"""``python -m tests.slurm up``: three nodes on this machine, to try it by hand."""

import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.slurm.cluster import Cluster, missing

_SUMMARY = """\
{nodes} are up. Into the configuration file:

[cluster.{name}]
engine = "slurm"
options = ["--partition=main"]
folder = "{shared}"

Into each shell that is to see it:

export SLURM_CONF={settings}

Ctrl+C ends it, with all that runs on it.
"""


def main() -> int:
    """Do what is asked for; 1 if there can be no cluster here, 2 if nobody knows what it is."""
    match sys.argv[1:]:
        case ["up", *name] if len(name) < 2:
            return _up(*name)
    print("usage: python -m tests.slurm up [NAME]", file=sys.stderr)
    return 2


def _up(name: str = "hpc") -> int:
    if reason := missing():
        print(reason, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="slurm-") as folder,
        Cluster(Path(folder)) as cluster,
    ):
        values = {"name": name, "nodes": ", ".join(cluster.nodes), "shared": cluster.shared}
        print(
            _SUMMARY.format(**values, settings=cluster.variables["SLURM_CONF"]), end="", flush=True
        )
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())

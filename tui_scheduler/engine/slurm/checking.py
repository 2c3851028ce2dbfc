"""What Slurm says of a run before there is any: whether it takes it, and when and where it begins.

Some of what it refuses has nothing to do with what is asked for. Only the words tell: sbatch ends
with the same code, and its messages have no numbers.
"""

import re
from collections.abc import Sequence

from tui_scheduler.clusters import ANSWER_TIME, Cluster
from tui_scheduler.engine.slurm import commands
from tui_scheduler.engine.slurm.job_script import time_limit
from tui_scheduler.errors import Refused
from tui_scheduler.services.drafts import ProcessDraft

_SCRIPT = "#!/bin/sh\n"
_FOR_NOW = re.compile(r"\bnow\b|again|currently|inactive or drain|down, drained|maintenance")


class NotInstalled(Refused):
    """There is no sbatch to ask; the text says what to do."""


class Undecided(Exception):
    """Nobody can say at the moment whether Slurm takes a run; the text says why."""


async def test_only(cluster: Cluster, options: Sequence[str], draft: ProcessDraft) -> str:
    """Returns what sbatch says of when and where a run of ``draft`` with ``options`` would begin.

    Takes at most ``ANSWER_TIME``. Raises Refused with Slurm's own sentence if it takes no such run,
    NotInstalled, and Undecided.
    """
    limit = time_limit(draft.timeout, (*cluster.options, *options))
    words = ("--test-only", "--no-requeue", *limit, *cluster.options, *options)
    try:
        return (await commands.call("sbatch", words, _SCRIPT, patience=ANSWER_TIME)).message
    except commands.NotInstalled as error:
        raise NotInstalled(
            f"{cluster.name} needs sbatch, and {error} (Debian: slurm-client), or choose this"
            " machine"
        ) from None
    except commands.NoAnswer as error:
        raise Undecided(
            f"{cluster.name} does not answer now: the options are not checked ({error})"
        ) from None
    except commands.Refused as error:
        if _FOR_NOW.search(str(error)):
            raise Undecided(f"{cluster.name} takes no such run now: {error}") from None
        raise Refused(str(error)) from None

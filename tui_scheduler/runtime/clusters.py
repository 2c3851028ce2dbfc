"""What a cluster says of a process before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_scheduler.clusters import Cluster
from tui_scheduler.errors import Problem, Refused

if TYPE_CHECKING:
    from tui_scheduler.services.drafts import ProcessDraft


@dataclass(frozen=True, slots=True)
class Outlook:
    """Why a cluster takes no run of a process, or else, in ``words``, what it says of one.

    ``is_certain`` is False where it could not be asked, which the words say. Without problems and
    words nothing was asked.
    """

    problems: tuple[Problem, ...] = ()
    words: str = ""
    is_certain: bool = True


async def cluster_outlook(
    draft: "ProcessDraft", clusters: Mapping[str, Cluster], before: "ProcessDraft | None" = None
) -> Outlook:
    """Returns what the cluster says of which ``draft`` names; it is asked, for some seconds.

    What is as it was ``before`` is not asked again. Call it for a draft without other problems.
    """
    cluster = None if draft.runs_on is None else clusters.get(draft.runs_on)
    if cluster is None or (before and before.cluster_inputs == draft.cluster_inputs):
        return Outlook()
    from tui_scheduler.engine.slurm.checking import NotInstalled, Undecided, test_only

    try:
        sentence = await test_only(cluster, draft.cluster_options, draft)
    except NotInstalled as refused:
        return Outlook(problems=(Problem("runs_on", str(refused)),))
    except Refused as refused:
        return Outlook(problems=(Problem("cluster_options", str(refused)),))
    except Undecided as undecided:
        return Outlook(words=str(undecided), is_certain=False)
    return Outlook(words=f"{cluster.name}: {sentence}" if sentence else f"{cluster.name} takes it")

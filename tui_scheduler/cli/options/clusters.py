"""The options that say where a process runs, and what its cluster is asked for besides."""

from collections.abc import Sequence
from typing import Any

from tui_scheduler.cli.completing.completions import clusters_or_none
from tui_scheduler.cli.options.param_types import OPTIONAL_TEXT, Cleared, is_none
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.errors import Problem
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft

WHERE: list[tuple[str, dict[str, Any]]] = [
    ("--runs-on", {"type": OPTIONAL_TEXT, "metavar": "NAME", "shell_complete": clusters_or_none,
        "help": "The cluster of the configuration that its runs are handed to; 'none' for this"
        " machine."}),
    ("--cluster-option", {"multiple": True, "metavar": "O", "help":
        "What to ask the cluster for, in its own words: --cluster-option=--mem=1G. May be repeated."
        " Replaces all of them; 'none' removes them."}),
]  # fmt: skip
FIELDS = {"cluster_options": "--cluster-option"}
"""The fields that are not called as the options are that set them."""


def where_given(runs_on: str | Cleared | None, options: Sequence[str]) -> dict[str, Any]:
    """Returns the fields of a process that these options set; this machine takes no options."""
    fields: dict[str, Any] = {}
    if runs_on is Cleared.NONE:
        fields = {"runs_on": None, "cluster_options": ()}
    elif runs_on is not None:
        fields = {"runs_on": runs_on}
    if options:
        fields["cluster_options"] = () if is_none(options) else tuple(options)
    return fields


def cluster_problems(
    services: Services, draft: ProcessDraft, edited: ProcessDraft | None = None
) -> tuple[Problem, ...]:
    """Returns why its cluster takes no run of a draft without other problems; prints what it says.

    What is as it was ``edited`` is not asked again.
    """
    if draft.runs_on is None:
        return ()
    import asyncio  # slow, and not needed for anything else

    from tui_scheduler.runtime import cluster_outlook

    outlook = asyncio.run(cluster_outlook(draft, services.context.clusters, edited))
    if outlook.words:
        complain(f"Note: {outlook.words}")
    return outlook.problems

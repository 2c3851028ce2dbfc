"""What applying a file will do, for people and as JSON."""

from collections.abc import Iterator
from typing import Any

from tui_scheduler.services.definitions.applying import ApplyPlan
from tui_scheduler.services.definitions.comparison import Act, Difference
from tui_scheduler.services.definitions.document import Place
from tui_scheduler.services.definitions.stored import Loss
from tui_scheduler.sizes import size_text
from tui_scheduler.text import plain
from tui_scheduler.wording import plural


def print_apply_plan(plan: ApplyPlan) -> None:
    """Print each difference with what changes in it, and how many entries stay as they are."""
    losses = _losses(plan)
    for item in plan.comparison.differences:
        for line in _lines(item, losses.get(item.place)):
            print(plain(line))
    print(f"unchanged: {plan.comparison.unchanged:,}")


def summary(plan: ApplyPlan) -> str:
    """Returns what was done, in one sentence."""
    acts = [item.act for item in plan.comparison.differences]
    added, changed, removed = (acts.count(act) for act in Act)
    return f"Added {added:,}, changed {changed:,}, removed {removed:,}."


def record(plan: ApplyPlan, is_dry: bool) -> dict[str, Any]:
    """Returns the same for ``--json``."""
    losses = _losses(plan)
    document: dict[str, Any] = {"dry_run": is_dry, "unchanged": plan.comparison.unchanged}
    for act in Act:
        document[act] = [
            _record(item, losses.get(item.place))
            for item in plan.comparison.differences
            if item.act is act
        ]
    return document


def _losses(plan: ApplyPlan) -> dict[Place, Loss]:
    """What goes with the removals."""
    return {item.place: loss for item, loss in zip(plan.removals, plan.losses, strict=True)}


def _lines(item: Difference, loss: Loss | None) -> Iterator[str]:
    lost = ""
    if loss is not None and loss.runs:
        lost = f", with {plural(loss.runs, 'run')} and {size_text(loss.log_bytes)} of logs"
    yield f"{item.act} {item.kind} {item.name}{lost}"
    for change in item.fields:
        yield f"    {change}"


def _record(item: Difference, loss: Loss | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": item.kind, "name": item.name}
    if item.act is Act.CHANGE:
        entry["fields"] = {
            change.field: {"old": change.old, "new": change.new} for change in item.fields
        }
    if loss is not None:
        entry |= {"runs": loss.runs, "log_bytes": loss.log_bytes}
    return entry

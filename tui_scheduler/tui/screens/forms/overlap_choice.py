"""The options of what happens while something still runs."""

from collections.abc import Mapping

from tui_scheduler.models import Overlap

OVERLAPS: Mapping[Overlap, str] = {
    Overlap.SKIP: "Skip",
    Overlap.ALLOW: "Allow",
    Overlap.QUEUE: "Queue one",
    Overlap.REPLACE: "Replace",
}

"""The keys of the timeline."""

from textual.binding import Binding, BindingType

from tui_scheduler.tui.screens.list_screen import LIST_KEYS

TIMELINE_KEYS: list[BindingType] = [
    Binding(
        "left", "walk(-1)", "Before", show=False, id="timeline.before",
        tooltip="Go to the run or fire before; at the edge, to what was earlier",
    ),
    Binding(
        "right", "walk(1)", "Next", show=False, id="timeline.next",
        tooltip="Go to the next run or fire; at the edge, to what comes later",
    ),
    Binding(
        "plus,equals_sign", "zoom(1)", "Zoom in", id="timeline.zoom_in",
        tooltip="Show less time, down to 15 minutes",
    ),
    Binding(
        "minus", "zoom(-1)", "Zoom out", id="timeline.zoom_out",
        tooltip="Show more time, up to 30 days",
    ),
    Binding(
        "less_than_sign,shift+left", "pan(-1)", "Earlier", id="timeline.earlier",
        tooltip="Show what was earlier",
    ),
    Binding(
        "greater_than_sign,shift+right", "pan(1)", "Later", id="timeline.later",
        tooltip="Show what comes later",
    ),
    Binding("full_stop", "now", "Now", id="timeline.now", tooltip="Go to now, and follow the time"),
    Binding(
        "l", "log", "Log", id="timeline.log",
        tooltip="Show the log of the run at the cursor, or of the latest one",
    ),
    Binding("e", "edit", "Edit", id="timeline.edit", tooltip="Change the request"),
    *LIST_KEYS,
]  # fmt: skip

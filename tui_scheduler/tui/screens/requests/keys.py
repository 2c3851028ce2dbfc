"""The keys of the list of requests."""

from textual.binding import Binding, BindingType


def _key(key: str, action: str, label: str, tooltip: str, *, show: bool = True) -> Binding:
    name = action.removesuffix("_request")
    return Binding(key, action, label, show=show, id=f"request.{name}", tooltip=tooltip)


REQUEST_KEYS: list[BindingType] = [
    _key("n,a", "new", "New", "Make a request, and a process for it if need be"),
    _key("s", "schedule", "Schedule", "Start the plan of the request, or start it again"),
    _key("u", "unschedule", "Unschedule", "Stop future fires; running executions go on"),
    _key("t", "trigger", "Trigger", "Run it now; its plan does not move"),
    _key("e", "edit", "Edit", "Change the request"),
    _key("x", "stop", "Stop", "Ask its running execution to end; asks first"),
    _key("l", "log", "Log", "Show the output of its latest run"),
    _key("T", "trigger_with", "Trigger with", "Run it now; asks for its parameters", show=False),
    _key("X", "kill", "Kill", "End its running execution by force; asks first", show=False),
    _key("C", "clone", "Clone", "Make a request that begins as a copy of this one", show=False),
    _key("D", "delete", "Delete", "Delete it with its runs and logs; asks first", show=False),
    _key("y", "copy", "Copy", "Copy its process, id, schedule or description", show=False),
]

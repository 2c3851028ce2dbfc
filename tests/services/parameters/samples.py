"""Short ways to declare parameters."""

from tui_scheduler.services.parameters.lines import parse_parameters
from tui_scheduler.services.parameters.parameters import Parameter


def declared(*lines: str) -> tuple[Parameter, ...]:
    """The parameters that these lines declare."""
    return parse_parameters(lines)

"""Short ways to declare parameters."""

from tui_scheduler.services.parameter_lines import parse_parameters
from tui_scheduler.services.parameters import Parameter


def declared(*lines: str) -> tuple[Parameter, ...]:
    """The parameters that these lines declare."""
    return parse_parameters(lines)

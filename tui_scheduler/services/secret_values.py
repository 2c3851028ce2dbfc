"""Values that are not to be seen, wherever they stand: in a log, in the arguments of a process."""

from collections.abc import Iterator, Mapping, Sequence

from tui_scheduler.models import Process, Request, Run, rows
from tui_scheduler.services.parameters.secrets import MASK, secret_part
from tui_scheduler.services.parameters.variables import readable_variables
from tui_scheduler.services.views.runs import RunView

_SHORTEST = 4  # characters: a shorter one stands in too many words


def secrets_of(request_id: int, run: RunView | None) -> list[str]:
    """Returns the secret values of a run, or of a request, the longest first: one may hold another.

    They are those of its variables and parameters, and of the variables of what it runs.
    """
    stored = Process.select(Process.environment)
    if run is None:
        requests = Request.select(Request.process).where(Request.id == request_id)
        owners = stored.where(Process.id.in_(requests))
    else:
        members = Run.select(Run.process).where(Run.parent == run.id)
        owners = stored.where((Process.id == run.process_id) | Process.id.in_(members))
    values = set()
    for (environment,) in rows(owners):
        values |= set(_hidden_in(readable_variables(environment)))
    if run is not None:
        values |= set(_hidden_in(run.parameters))
        values |= {run.parameters[name] for name in run.secrets if name in run.parameters}
    parts = {part for value in values for part in (value, *value.splitlines())}
    return sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True)


def without_secrets(text: str, secrets: Sequence[str]) -> str:
    """Returns ``text`` with dots in the place of each secret."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _hidden_in(variables: Mapping[str, str]) -> Iterator[str]:
    for name, value in variables.items():
        if (part := secret_part(name, value)) is not None:
            yield value[part[0] : part[1]]

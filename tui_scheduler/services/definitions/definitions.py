"""What a person defined, as plain data: on its way into a file, out of one, or compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui_scheduler.members import names_of
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.parameters.lines import masked_parameters, unmasked_parameters
from tui_scheduler.services.parameters.parameters import Parameter, merged, secret_names
from tui_scheduler.services.parameters.secrets import masked, unmasked


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry:
    """A request, and whether it is to be scheduled; a stored one may have run out instead."""

    draft: RequestDraft
    is_scheduled: bool = False
    is_complete: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """Processes and groups by name, requests by key."""

    processes: Mapping[str, ProcessDraft] = field(default_factory=dict)
    groups: Mapping[str, GroupDraft] = field(default_factory=dict)
    requests: Mapping[str, RequestEntry] = field(default_factory=dict)

    def declared(self, name: str) -> tuple[Parameter, ...]:
        """The parameters that a process, or the members of a group, declare."""
        if name in self.processes:
            return self.processes[name].parameters
        members = names_of(self.groups[name].members) if name in self.groups else ()
        return merged(
            self.processes[member].parameters for member in members if member in self.processes
        )


def laid_over(below: Definitions, above: Definitions) -> Definitions:
    """All entries of both; of those with the same name ``above`` counts."""
    return Definitions(
        processes={**below.processes, **above.processes},
        groups={**below.groups, **above.groups},
        requests={**below.requests, **above.requests},
    )


def with_secrets_hidden(given: Definitions) -> Definitions:
    """The same with a mask in the place of each secret value."""
    return Definitions(
        processes={name: _hidden(draft) for name, draft in given.processes.items()},
        groups=given.groups,
        requests={
            key: _with_parameters(
                entry,
                masked(entry.draft.parameters, secret_names(given.declared(entry.draft.process))),
            )
            for key, entry in given.requests.items()
        },
    )


def with_secrets_of(given: Definitions, stored: Definitions) -> Definitions:
    """What ``given`` means: a mask stands for the value that is ``stored`` in its place.

    Where nothing is stored the mask stays, and is refused as every mask is.
    """
    return Definitions(
        processes={
            name: _revealed(draft, stored.processes[name]) if name in stored.processes else draft
            for name, draft in given.processes.items()
        },
        groups=given.groups,
        requests={
            key: _with_parameters(
                entry, unmasked(entry.draft.parameters, stored.requests[key].draft.parameters)
            )
            if key in stored.requests
            else entry
            for key, entry in given.requests.items()
        },
    )


def _hidden(draft: ProcessDraft) -> ProcessDraft:
    return replace(
        draft,
        environment=masked(draft.environment, secret_names(draft.parameters)),
        parameters=masked_parameters(draft.parameters),
    )


def _revealed(given: ProcessDraft, stored: ProcessDraft) -> ProcessDraft:
    return replace(
        given,
        environment=unmasked(given.environment, stored.environment),
        parameters=unmasked_parameters(given.parameters, stored.parameters),
    )


def _with_parameters(entry: RequestEntry, parameters: Mapping[str, str]) -> RequestEntry:
    return replace(entry, draft=replace(entry.draft, parameters=parameters))

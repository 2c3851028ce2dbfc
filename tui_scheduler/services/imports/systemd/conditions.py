"""Conditions of a service as tests of a shell (systemd.unit(5), "Conditions and Asserts").

Where one does not hold systemd starts nothing; that is no failure, but for asserts.
"""

import shlex
from collections.abc import Iterator, Mapping

from tui_scheduler.services.imports.systemd.specifiers import specified
from tui_scheduler.services.imports.systemd.units import Unit

_TESTS = {
    "PathExists": "[ -e {0} ]",
    "PathIsDirectory": "[ -d {0} ]",
    "PathIsSymbolicLink": "[ -L {0} ]",
    "PathIsMountPoint": "mountpoint -q {0}",
    "DirectoryNotEmpty": '[ -n "$(ls -A {0} 2>/dev/null)" ]',
    "FileNotEmpty": "{{ [ -f {0} ] && [ -s {0} ]; }}",
    "FileIsExecutable": "{{ [ -f {0} ] && [ -x {0} ]; }}",
}
_KINDS = {"Condition": "exit 0", "Assert": "exit 1"}


def guards(service: Unit, specifiers: Mapping[str, str]) -> Iterator[str]:
    """A statement for each condition that a shell can test; raises Unreadable.

    Of those with a ``|`` one must hold, so they are tested together or not at all.
    """
    for kind, otherwise in _KINDS.items():
        alternatives: list[str | None] = []
        for key, value in _conditions(service, kind):
            test = _test(key.removeprefix(kind), value.removeprefix("|"), specifiers)
            if value.startswith("|"):
                alternatives.append(test)
            elif test is not None:
                yield f"{test} || {otherwise}"
        if alternatives and None not in alternatives:
            yield " || ".join([*filter(None, alternatives), otherwise])


def unsaid_conditions(service: Unit) -> Iterator[str]:
    """Each condition that is not among the guards, as it stands there."""
    for kind in _KINDS:
        conditions = list(_conditions(service, kind))
        is_open = any(
            value.startswith("|") and not _can_be_said(key.removeprefix(kind), value)
            for key, value in conditions
        )
        for key, value in conditions:
            is_said = _can_be_said(key.removeprefix(kind), value)
            if not is_said or (is_open and value.startswith("|")):
                yield f"{key}={value}"


def _conditions(service: Unit, kind: str) -> Iterator[tuple[str, str]]:
    for section, key, _ in service.options():
        if section == "Unit" and key.startswith(kind):
            yield from ((key, value) for value in service.all(section, key))


def _can_be_said(what: str, value: str) -> bool:
    return what in _TESTS and value.lstrip("|!").lstrip().startswith(("/", "%"))


def _test(what: str, value: str, specifiers: Mapping[str, str]) -> str | None:
    if not _can_be_said(what, value):
        return None
    path = shlex.quote(specified(value.removeprefix("!").strip(), specifiers))
    negation = "! " if value.startswith("!") else ""
    return negation + _TESTS[what].format(path)

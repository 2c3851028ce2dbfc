"""Conditions of a service as tests of a shell (systemd.unit(5), "Conditions and Asserts").

Where one does not hold systemd starts nothing; that is no failure, but for asserts.
"""

import re
import shlex
from collections.abc import Iterator, Mapping

from tui_scheduler.services.imports.systemd.specifiers import specified
from tui_scheduler.services.imports.systemd.units import Unit

_TESTS = {
    "PathExists": "[ -e {0} ]",
    "PathExistsGlob": "ls -d {0} >/dev/null 2>&1",
    "PathIsDirectory": "[ -d {0} ]",
    "PathIsSymbolicLink": "[ -L {0} ]",
    "PathIsMountPoint": "mountpoint -q {0}",
    "DirectoryNotEmpty": '[ -n "$(ls -A {0} 2>/dev/null)" ]',
    "FileNotEmpty": "{{ [ -f {0} ] && [ -s {0} ]; }}",
    "FileIsExecutable": "{{ [ -f {0} ] && [ -x {0} ]; }}",
}
_NO_GLOB = re.compile(r"[^*?\[\]]+")
_ALL = re.compile(r".+", re.DOTALL)
_KINDS = {"Condition": "exit 0", "Assert": "exit 1"}


def guards(service: Unit, specifiers: Mapping[str, str]) -> Iterator[str]:
    """A statement for each condition that a shell can test; raises Unreadable.

    Of those with a ``|`` one must hold, so they are tested together or not at all.
    """
    for kind, otherwise in _KINDS.items():
        alternatives: list[str | None] = []
        for key, value in _conditions(service, kind):
            test = _test(key, kind, value, specifiers)
            if value.startswith("|"):
                alternatives.append(test)
            elif test is not None:
                yield f"{test} || {otherwise}"
        if alternatives and None not in alternatives:
            yield " || ".join([*filter(None, alternatives), otherwise])


def unsaid_conditions(unit: Unit) -> Iterator[str]:
    """Each condition that is not among the guards, as it stands there.

    A timer has none: systemd asks for its conditions once, when the timer itself is started.
    """
    for kind in _KINDS:
        conditions = [
            (key, value, unit.name.endswith(".service") and _can_be_said(key, kind, value))
            for key, value in _conditions(unit, kind)
        ]
        is_open = any(value.startswith("|") and not is_said for _, value, is_said in conditions)
        for key, value, is_said in conditions:
            if not is_said or (is_open and value.startswith("|")):
                yield f"{key}={value}"


def _conditions(service: Unit, kind: str) -> Iterator[tuple[str, str]]:
    for section, key, _ in service.options():
        if section == "Unit" and key.startswith(kind):
            yield from ((key, value) for value in service.all(section, key))


def _can_be_said(key: str, kind: str, value: str) -> bool:
    path = value.removeprefix("|").removeprefix("!")
    return key.removeprefix(kind) in _TESTS and path.lstrip().startswith(("/", "%"))


def _test(key: str, kind: str, value: str, specifiers: Mapping[str, str]) -> str | None:
    if not _can_be_said(key, kind, value):
        return None
    path = value.removeprefix("|").removeprefix("!")
    negation = "! " if path != value.removeprefix("|") else ""
    what = key.removeprefix(kind)
    plain = _NO_GLOB if what.endswith("Glob") else _ALL
    quoted = plain.sub(lambda part: shlex.quote(part[0]), specified(path.strip(), specifiers))
    return negation + _TESTS[what].format(quoted)

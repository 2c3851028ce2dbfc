"""What ``%`` specifiers stand for (systemd.unit(5), "Specifiers")."""

import re
from collections.abc import Mapping

from tui_scheduler.services.imports.proposals import Unreadable

_SPECIFIER = re.compile(r"%([0-9A-Za-z%])")
_NAME = re.compile(r"(?P<prefix>[^@]+)(?:@(?P<instance>.*))?\.(?:service|timer)", re.DOTALL)
_ESCAPED = re.compile(rb"\\x([0-9A-Fa-f]{2})")


def specified(text: str, specifiers: Mapping[str, str]) -> str:
    """``text`` with its specifiers filled in; raises Unreadable for one that is not known."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in specifiers:
            raise Unreadable(f"{match[0]} is not known here: write what it stands for")
        return specifiers[match[1]]

    return _SPECIFIER.sub(value, text)


def specifiers_of(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """Those of the unit ``name``, after the ``given`` ones, which are the same for all units."""
    match = _NAME.fullmatch(name)
    prefix, instance = (match["prefix"], match["instance"] or "") if match else (name, "")
    last = prefix.rpartition("-")[2]
    path = _unescaped(instance or prefix)
    return {
        **given, "%": "%", "n": name, "N": name.rpartition(".")[0], "p": prefix, "i": instance,
        "j": last, "P": _unescaped(prefix), "I": _unescaped(instance), "J": _unescaped(last),
        "f": path if path.startswith("/") else f"/{path}",
    }  # fmt: skip


def template_of(name: str) -> str | None:
    """The template that the unit ``name`` is an instance of, if it is one."""
    prefix, at, rest = name.partition("@")
    instance, dot, kind = rest.rpartition(".")
    return f"{prefix}@.{kind}" if at and dot and instance else None


def _unescaped(text: str) -> str:
    r"""A path whose slashes were written as ``-`` and other characters as bytes (``\x2d``)."""
    data = text.replace("-", "/").encode("utf-8", "surrogateescape")
    plain = _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), data)
    return plain.decode("utf-8", "surrogateescape")

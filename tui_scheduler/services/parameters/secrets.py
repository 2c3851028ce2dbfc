"""Values that are not shown unless somebody asks: what looks secret by its name or as an address.

They are stored and given to the commands as they are; only what is shown of them is hidden. What
was hidden can be given back: it then stands for the value that is stored.
"""

import re
from collections.abc import Collection, Mapping

_DOT = "•"
MASK = _DOT * 8
"""Shown in the place of a secret; as long for each, so that it tells nothing."""

_SECRET_WORD = re.compile(
    r".*(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|CREDENTIAL).*"  # anywhere in a word
    r"|.*(PASS|PWD?|KEYS?|AUTH|AUTHORIZATION|CREDS|DSN|JWT|WEBHOOK)"  # at the end of one
)
_PLAIN_NAMES = frozenset({"PWD", "OLDPWD"})  # folders
_PLAIN_WORDS = frozenset(
    {"ASKPASS", "BYPASS", "COMPASS", "HOTKEY", "MONKEY", "SECRETARY", "TOKENIZER", "TOKENIZERS"}
)
_PLACES = frozenset({"FILE", "PATH", "DIR", "SOCK"})  # last in the name of what says where it lies
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # also of apiKey

_PORT = r"(?!\d*(?:[/?#,\s]|\Z))"
_PASSWORD = re.compile(
    rf"://[^\s/?#@:]*:{_PORT}(?P<password>[^\s/?#]+(?=@)|\S+?(?=@))"
    r"|https?://(?P<token>[^\s/?#@:]+)(?=@)"
    r"|(?:\A|[?&;\s])(?P<name>[\w.-]+)=(?P<value>[^\s&;#]+)"
)
"""What is secret in an address: its password, also one that holds a slash; of a web address who
is named without one, by a token; and what stands in it or beside it by a name that looks secret."""


def looks_secret(name: str) -> bool:
    """Whether the value of a variable of this name is hidden."""
    words = [word.upper() for word in _WORD.findall(name)]
    if not words or words[-1] in _PLACES or name.strip().upper() in _PLAIN_NAMES:
        return False
    return any(_SECRET_WORD.fullmatch(word) and word not in _PLAIN_WORDS for word in words)


def secret_part(name: str, value: str) -> tuple[int, int] | None:
    """From where to where ``value`` is hidden: all of it, or a password in an address."""
    if looks_secret(name):
        return (0, len(value)) if value else None
    spans = [
        match.span(match.lastgroup or 0)
        for match in _PASSWORD.finditer(value)
        if match["name"] is None or looks_secret(match["name"])
    ]
    return (spans[0][0], spans[-1][1]) if spans else None


def hidden(name: str, value: str) -> str:
    """The value of a variable as it is shown."""
    return _with(name, value, MASK)


def masked(variables: Mapping[str, str], secrets: Collection[str] = ()) -> dict[str, str]:
    """The variables as they are shown; one without a value has nothing to hide.

    Those named in ``secrets`` are hidden whatever they are called.
    """
    return {
        name: MASK if value and name in secrets else hidden(name, value)
        for name, value in variables.items()
    }


def unmasked(given: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    """What ``given`` means: a mask stands for the value that is ``stored`` by that name."""
    return {name: _revealed(name, value, stored.get(name)) for name, value in given.items()}


def holds_mask(name: str, value: str) -> bool:
    """Whether ``value`` is a mask, or what an edit left of one: a few dots are nobody's secret."""
    return value == MASK or _DOT * 2 in _secret_of(name, value)


def _revealed(name: str, value: str, stored: str | None) -> str:
    if stored is None or value == MASK:
        return value if stored is None else stored
    secret = _secret_of(name, stored)
    is_masked = secret and _secret_of(name, value) == MASK
    return _with(name, value, secret) if is_masked else value


def _secret_of(name: str, value: str) -> str:
    start, end = secret_part(name, value) or (0, 0)
    return value[start:end]


def _with(name: str, value: str, secret: str) -> str:
    """``value`` with another text in the place of its secret."""
    part = secret_part(name, value)
    return value if part is None else value[: part[0]] + secret + value[part[1] :]

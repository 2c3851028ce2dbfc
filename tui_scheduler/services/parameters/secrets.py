"""Values that are not shown unless somebody asks: those of variables whose names look secret.

They are stored and given to the commands as they are; only what is shown of them is hidden. What
was hidden can be given back: it then stands for the value that is stored.
"""

from collections.abc import Collection, Mapping

_DOT = "•"
MASK = _DOT * 8
"""Shown in the place of a secret; as long for each, so that it tells nothing."""

_SIGNS = ("TOKEN", "SECRET", "PASSWORD", "KEY")


def looks_secret(name: str) -> bool:
    """Whether the value of a variable of this name is hidden."""
    return any(sign in name.upper() for sign in _SIGNS)


def masked(variables: Mapping[str, str], secrets: Collection[str] = ()) -> dict[str, str]:
    """The variables as they are shown; one without a value has nothing to hide.

    Those named in ``secrets`` are hidden whatever they are called.
    """
    return {
        name: MASK if value and (looks_secret(name) or name in secrets) else value
        for name, value in variables.items()
    }


def unmasked(given: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    """What ``given`` means: a mask stands for the value that is ``stored`` by that name."""
    return {
        name: stored.get(name, MASK) if value == MASK else value for name, value in given.items()
    }


def holds_mask(name: str, value: str) -> bool:
    """Whether ``value`` is a mask, or what an edit left of one: a few dots are nobody's secret."""
    return value == MASK or (looks_secret(name) and _DOT * 2 in value)

"""Why something cannot be taken over."""


class Unreadable(ValueError):
    """What cannot be taken over, with the reason and the remedy."""

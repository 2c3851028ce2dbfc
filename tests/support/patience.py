"""How long a test waits for what must happen: so long that only what never happens is missed."""

PATIENCE = 600.0
"""Seconds. No test passes because of it: it is what ends one that would hang for ever."""

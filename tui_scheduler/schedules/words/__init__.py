"""Plans said in plain words, read by a small written grammar.

``tokens`` cuts the text; ``clauses`` reads it clause by clause with the help of ``every``,
``choices``, ``dates`` and ``clocks``; ``said`` is what they found; ``recurrence`` and ``meaning``
make a plan of that. ``schedules.spelling`` is the way back. Importing this takes a while, and is
left to those who read words.
"""

from tui_scheduler.schedules.words.parse import understand

__all__ = ["understand"]

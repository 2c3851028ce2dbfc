"""Plans said in plain words, read by a small written grammar.

``tokens`` cuts the text; ``reading`` goes through it clause by clause with the help of ``every``,
``choices``, ``dates`` and ``clocks``; ``clauses`` is what they read; ``recurrence`` and ``parse``
make a plan of that. ``schedules.to_words`` is the way back. Importing this takes a while, and is
left to those who read words.
"""

from tui_scheduler.schedules.words.parse import parse

__all__ = ["parse"]

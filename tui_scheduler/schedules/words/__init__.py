"""Plans said in plain words, read by a small written grammar.

``reader`` cuts the text into tokens; ``reading`` goes through them clause by clause with the help
of ``days`` and ``dates``; ``clauses`` is what they read; ``recurrence`` and ``parse`` make a plan
of that. ``sentences.to_words`` is the way back. Importing this takes a while, and is left to those
who read words.
"""

from tui_scheduler.schedules.words.parse import parse

__all__ = ["parse"]

"""Plans in plain words: read by a small written grammar, and spelt out so that it reads them back.

``tokens`` cuts the text; ``clauses`` reads it clause by clause with the help of ``every``,
``choices``, ``dates`` and ``clocks``; ``said`` is what they found; ``recurrence`` and ``meaning``
make a plan of that.
"""

from tui_scheduler.schedules.plain.meaning import understand
from tui_scheduler.schedules.plain.spelling import spell_out

__all__ = ["spell_out", "understand"]

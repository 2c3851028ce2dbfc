"""Plans said in plain words, read by a small written grammar.

``reader`` cuts the text into tokens; ``reading`` goes through them clause by clause with the help
of ``days``, ``dates`` and ``counts``; ``clauses`` is what they read; ``ambiguities`` are refused;
``recurrence`` and ``parse`` make a plan of the rest, by a cron expression (``expressions``,
``windows``) where no other plan says it. A plan that awaits an event begins with it: ``events``
reads that before anything else. What is refused comes with what may have been
meant, made of its ``mentions``. ``sentences.to_words`` is the way back. The end of a pause
is read by ``until``. Importing this takes a while, and is left to those who read words.
"""

from tui_scheduler.schedules.words.parse import parse
from tui_scheduler.schedules.words.until import parse_until

__all__ = ["parse", "parse_until"]

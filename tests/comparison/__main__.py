"""The long form: ``python -m tests.comparison``, with ``--help`` for what can be chosen."""

import argparse
import sys
from collections.abc import Callable

from tests.comparison import (
    calendar_events,
    crontab_lines,
    service_commands,
    standing_still,
    time_spans,
)
from tests.comparison.agreement import Agreement
from tests.comparison.systemd_analyze import MISSING

Comparison = tuple[Callable[[int, int], Agreement], str | None]
"""What compares so many texts of a seed, and why it cannot here."""

COMPARISONS: dict[str, Comparison] = {
    "calendar": (calendar_events.compare, MISSING),
    "spans": (time_spans.compare, MISSING),
    "commands": (service_commands.compare, MISSING),
    "crontab": (crontab_lines.compare, crontab_lines.MISSING),
}

MINUTES: dict[str, Comparison] = {
    "standing-still": (standing_still.compare, standing_still.MISSING),
}
"""What takes ten minutes, by the clock on the wall."""


def main() -> int:
    """Print a count of agreements for each; 1 if any text is read differently."""
    parser = argparse.ArgumentParser(prog="python -m tests.comparison", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *COMPARISONS, *MINUTES], metavar="NAME")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    differences = 0
    all_of_them = COMPARISONS | MINUTES
    for name in chosen.names or all_of_them:
        compare, missing = all_of_them[name]
        if missing is not None:
            print(f"{name}: {missing}")
            continue
        agreement = compare(chosen.count, chosen.seed)
        differences += len(agreement.different)
        print(f"{name}: {agreement}")
        for reason, count in agreement.refused.most_common(10):
            print(f"  {count} times: {reason}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

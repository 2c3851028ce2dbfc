"""``python -m tests.bench NAME``: measure one thing and print it in one line."""

import sys
from importlib import import_module

NAMES = (
    "startup",
    "lateness",
    "throughput",
    "loop",
    "fires",
    "pruning",
    "tree",
    "norms",
    "flood",
    "waiting",
    "logs",
    "cluster",
    "timeline",
)


def main() -> int:
    match sys.argv[1:]:
        case [name] if name in NAMES:
            print(import_module(f"tests.bench.{name}").measure())
            return 0
    print(f"usage: python -m tests.bench {'|'.join(NAMES)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

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
    "commands",
    "screen",
    "bulk",
    "jobs",
    "search",
    "requests",
    "keys",
)


def main() -> int:
    names: tuple[str, ...]
    match sys.argv[1:]:
        case ["all"]:
            names = NAMES
        case [name] if name in NAMES:
            names = (name,)
        case _:
            print(f"usage: python -m tests.bench all|{'|'.join(NAMES)}", file=sys.stderr)
            return 2
    for name in names:
        print(import_module(f"tests.bench.{name}").measure(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

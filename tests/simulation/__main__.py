"""The long form: ``python -m tests.simulation --worlds 100000 --seed 1``."""

import argparse
import logging
import secrets
import time

from tests.simulation.faults import DatabaseFault
from tests.simulation.ground import leave_ground
from tests.simulation.lives import deaths_at_awaits, faults_at_statements
from tests.simulation.worlds import run_worlds

_A_SEEDS = 1000  # worlds


def main() -> None:
    """Let a scheduler die, or fail it, at every point of its life; then live through worlds."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--worlds", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options = parser.parse_args()
    logging.getLogger("tui_scheduler").addHandler(logging.NullHandler())  # all that fails is meant
    print(f"seed {options.seed}", flush=True)
    print(f"{deaths_at_awaits()} awaits at which a scheduler has died", flush=True)
    for fault in DatabaseFault:
        print(f"{faults_at_statements(fault)} statements: {fault.value}", flush=True)
    for begun in range(0, options.worlds, _A_SEEDS):
        number = min(_A_SEEDS, options.worlds - begun)
        run_worlds(number, options.seed + begun // _A_SEEDS)
        print(f"{begun + number} worlds, {time.process_time():.0f} s of CPU in all", flush=True)


if __name__ == "__main__":
    try:
        main()
    finally:
        leave_ground()

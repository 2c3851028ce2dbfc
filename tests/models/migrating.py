"""A migration to be killed: ``python -m tests.models.migrating DATABASE MIGRATIONS``."""

import sys
from pathlib import Path

from tui_scheduler.models import fitness, sqlite

if __name__ == "__main__":
    sqlite._MIGRATIONS = Path(sys.argv[2])
    fitness.SCHEMA_VERSION += 1
    with sqlite.open_database(Path(sys.argv[1])):
        sys.exit("it came to its end")

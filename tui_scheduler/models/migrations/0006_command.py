"""The command that each run was given, which its process may have no more.

Each text is kept once, and only as long as a run has it. A row of a run grows by one to three bytes
(of about 310, its indexes included) as long as there are fewer than 32,768 texts.
"""

from typing import Any

STATEMENTS = (
    """
    CREATE TABLE command (
        id INTEGER NOT NULL PRIMARY KEY,
        text TEXT NOT NULL UNIQUE,
        runs INTEGER NOT NULL
    )
    """,
    # not a foreign key: to check one, all runs would have to be read
    "ALTER TABLE run ADD COLUMN command_id INTEGER",
    """
    CREATE TRIGGER run_command AFTER UPDATE OF command_id ON run
    WHEN OLD.command_id IS NOT NEW.command_id BEGIN
        UPDATE command SET runs = runs + 1 WHERE id = NEW.command_id;
        UPDATE command SET runs = runs - 1 WHERE id = OLD.command_id;
        DELETE FROM command WHERE id = OLD.command_id AND runs <= 0;
    END
    """,
    """
    CREATE TRIGGER run_command_gone AFTER DELETE ON run WHEN OLD.command_id IS NOT NULL BEGIN
        UPDATE command SET runs = runs - 1 WHERE id = OLD.command_id;
        DELETE FROM command WHERE id = OLD.command_id AND runs <= 0;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Make a table of commands, and let triggers count who needs them."""
    for statement in STATEMENTS:
        db.execute_sql(statement)

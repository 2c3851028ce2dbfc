"""How fires become runs, and how runs go on and end: what the engine asks of the database."""

"""What schedulers must survive, with real processes; ``python -m tests.chaos``: the long form."""

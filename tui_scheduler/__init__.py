"""Schedule, run and watch background processes from a terminal."""

__version__ = "0.2.0"

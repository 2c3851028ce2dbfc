"""Schedulers that die, of themselves or by our hand, and where."""

"""Runs: the monitor, the log of one on the whole screen, and what can be done with them."""

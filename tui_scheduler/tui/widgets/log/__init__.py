"""The log of a run on the screen."""

"""The one table of all screens, and the lines it shares with the log."""

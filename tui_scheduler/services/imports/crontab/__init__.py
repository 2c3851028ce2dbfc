"""Crontabs, read into proposals."""

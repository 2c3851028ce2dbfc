"""Figures of speed, each measured beside something plain in the same run."""

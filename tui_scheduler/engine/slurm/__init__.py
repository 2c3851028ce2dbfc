"""Runs that are handed to Slurm, through its own tools."""

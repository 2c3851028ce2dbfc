"""Runs as jobs of a Slurm cluster, through its own command line tools alone."""

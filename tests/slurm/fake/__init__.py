"""What the programs of a fake Slurm do; with the standard library alone, as they start often."""

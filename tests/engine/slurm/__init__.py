"""Tests of runs on a Slurm cluster, without one; those with a real one are in tests/slurm."""

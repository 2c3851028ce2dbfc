"""A Slurm of three nodes on this machine, and programs that act as one."""

"""What runs now: the scheduling loop, the runner of child processes, adoption, and the lock."""

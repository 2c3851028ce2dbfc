"""Commands for runs: what ran, what it wrote, and stopping or removing it."""

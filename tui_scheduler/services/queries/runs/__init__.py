"""The history of runs: what is looked for in it, by which way it is found, and its pages."""

"""What belongs to a run on the disk: its log, read by offset, and the files beside it."""

"""What ``serve`` tells, and how it goes on without a terminal."""

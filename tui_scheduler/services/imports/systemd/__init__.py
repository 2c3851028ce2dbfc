"""Timer units of systemd and their services, read into proposals."""

"""Run the program as ``python -m tui_scheduler``."""

from tui_scheduler.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

"""Run the program as ``python -m tui_scheduler``, or by its name."""

import gc


def run() -> int:
    """Run the command line; returns the exit code.

    What is loaded stays to the end, so it is never looked through for garbage: a fifth of what a
    short command takes.
    """
    gc.disable()
    from tui_scheduler.cli import main

    gc.freeze()
    gc.enable()
    code = main()
    gc.freeze()  # nor when the interpreter ends
    return code


if __name__ == "__main__":
    raise SystemExit(run())

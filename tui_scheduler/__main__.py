"""Run the program as ``python -m tui_scheduler``, or by its name."""

import gc

_FIRST_LOOK = 100_000  # objects, which no short command comes to


def run() -> int:
    """Run the command line; returns the exit code.

    A short command ends before it is looked for garbage, which took a fifth of it: all that it has
    loaded stays to the end.
    """
    usual = gc.get_threshold()

    def look_as_usual(*_: object) -> None:
        gc.set_threshold(*usual)
        gc.callbacks.remove(look_as_usual)

    gc.set_threshold(_FIRST_LOOK)
    gc.callbacks.append(look_as_usual)
    from tui_scheduler.cli import main

    gc.freeze()
    code = main()
    gc.freeze()  # nor when the interpreter ends
    return code


if __name__ == "__main__":
    raise SystemExit(run())

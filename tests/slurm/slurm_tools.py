"""How tests ask the tools of Slurm that are on the ``PATH``, real ones or fakes."""

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.patience import PATIENCE

FOR_EVER = "echo begun; while :; do sleep 100000; done"
"""A script for `until_begun` that ends when it is ended."""


def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """What a tool does that has ``text`` on its standard input."""
    return subprocess.run(words, input=text, capture_output=True, text=True, timeout=PATIENCE)


def submit(script: str, *options: str) -> str:
    """Submit lines of a shell; the number of the job."""
    done = run("sbatch", "--parsable", *options, text=f"#!/bin/sh\n{script}\n")
    assert re.fullmatch(r"\d+\n", done.stdout), done.stderr
    return done.stdout.strip()


def listed(number: str, *options: str) -> list[str] | None:
    """State, reason, node and name of a job; None if it is not in the list."""
    done = run("squeue", "--me", "-h", "-o", "%i|%T|%r|%N|%j", *options)
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split("|", 1) for line in done.stdout.splitlines())
    return lines[number].split("|", 3) if number in lines else None


def until(condition: Callable[[], object]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def until_begun(number: str, folder: Path) -> None:
    """Wait until a job with the output ``%j.log`` has written that it has begun."""
    log = folder / f"{number}.log"
    until(lambda: log.exists() and "begun" in log.read_text())


def end(number: str) -> list[str]:
    """State and reason of a job that has ended."""
    until(lambda: listed(number) is None)
    fields = listed(number, "--states=all")
    assert fields is not None
    return fields[:2]


def nodes() -> list[str]:
    """The names of all nodes."""
    return run("sinfo", "-h", "-N", "-o", "%N").stdout.split()

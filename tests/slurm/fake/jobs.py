"""The jobs of a fake Slurm: real processes, each with one beside it that notes how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tests.slurm.fake.state import ENDED, Job, State, by_id, by_serial, shared

MARK = "TUI_SCHEDULER_FAKE_SLURM"
"""The variable by which all processes of jobs are found: it holds the folder of the fake."""

_ROOT = Path(__file__).parents[3]
_LOGIN = {"HOME", "LOGNAME", "PATH", "SHELL", "USER"}


def a_call(function: str, *words: object) -> list[str]:
    """The command that calls a function of a module here with words, and ends with its answer."""
    module, name = function.rsplit(".", 1)
    code = (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from tests.slurm.{module} import {name};"
        f" sys.exit({name}(*sys.argv[1:]))"
    )
    return [sys.executable, "-IS", "-c", code, *map(str, words)]


def _start(function: str, folder: Path, *words: object) -> subprocess.Popen[str]:
    """Have a function done by a process that stays when this one ends."""
    return subprocess.Popen(
        a_call(function, folder, *words),
        cwd="/",
        env={**os.environ, MARK: str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def variables_of(job: Job, export: str, submitted: dict[str, str]) -> dict[str, str]:
    """What a job finds in its environment, of what ``sbatch`` had in its own."""
    words = set(export.split(","))
    inherited = {
        name: value
        for name, value in submitted.items()
        if "ALL" in words or name in words | _LOGIN or name.startswith("SLURM_")
    }
    return {
        **inherited,
        **dict(word.split("=", 1) for word in words if "=" in word),
        "ENVIRONMENT": "BATCH",
        "SLURM_CLUSTER_NAME": "fake",
        "SLURM_JOBID": str(job["id"]),
        "SLURM_JOB_ID": str(job["id"]),
        "SLURM_JOB_NAME": job["name"],
        "SLURM_JOB_PARTITION": job["partition"],
    }


def begin(folder: Path, state: State, job: Job) -> None:
    """Begin a job on the node that it is for; it is there when this returns, or has failed."""
    job["node"] = job["wanted_node"] or next(iter(state["nodes"]))
    beside = _start("fake.jobs.be_beside", folder, json.dumps(job))
    assert beside.stdout
    with beside.stdout as output:
        pid = output.readline()
    if pid:
        job.update(state="RUNNING", reason="None", pid=int(pid))
    else:
        job.update(state="FAILED", reason="JobLaunchFailure", exit="0:53")


def begin_waiting(folder: str, number: str) -> None:
    """Begin a job that waits, from a process that does not mind having it as a child."""
    place = Path(folder)
    with shared(place) as state:
        job = by_id(state["jobs"], number)
        assert job is not None
        begin(place, state, job)


def be_beside(folder: str, job_in_json: str) -> None:
    """Run the script of a job, tell its process id, and note how it ends."""
    job: Job = json.loads(job_in_json)
    output, is_there = Path(job["output"]), Path(job["chdir"]).is_dir()
    output.write_bytes(b"")
    if not is_there:
        why = "No such file or directory: going to /tmp instead"
        _say(job, f"couldn't chdir to `{job['chdir']}': {why}")
    with output.open("ab") as log:
        script = subprocess.Popen(
            [job["script"]],
            cwd=job["chdir"] if is_there else "/tmp",
            env={**job["variables"], "SLURMD_NODENAME": job["node"], MARK: folder},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    sys.stdout.write(f"{script.pid}\n")
    sys.stdout.flush()
    code = script.wait()
    with shared(Path(folder)) as state:
        known = by_serial(state, job["serial"])
        if known is not None and known["state"] not in ENDED:
            known.update(_end(known, code))


def _end(job: Job, code: int) -> Job:
    """What is known of a job that has ended with a code, or by a signal if that is negative."""
    exit_code = {"exit": f"{max(code, 0)}:{max(-code, 0)}"}
    if job["state"] == "COMPLETING":
        return {**exit_code, "state": "CANCELLED"}
    if code == 0:
        return {**exit_code, "state": "COMPLETED"}
    reason = "NonZeroExitCode" if code > 0 else "JobLaunchFailure"
    return {**exit_code, "state": "FAILED", "reason": reason}


def cancel(folder: Path, state: State, job: Job) -> None:
    """End a job as plain ``scancel`` does: TERM, and KILL after a while."""
    if job["state"] == "PENDING":
        job["state"] = "CANCELLED"
    elif job["state"] == "RUNNING":
        job["state"] = "COMPLETING"
        send(job, signal.SIGTERM)
        _start("fake.jobs.kill_later", folder, job["serial"], state["kill_wait"])


def kill_later(folder: str, serial: str, seconds: str) -> None:
    """Kill a job that has not ended until then."""
    time.sleep(float(seconds))
    with shared(Path(folder)) as state:
        job = by_serial(state, int(serial))
        if job and job["state"] == "COMPLETING":
            send(job, signal.SIGKILL)


def send(job: Job, number: int, *, to_script_alone: bool = False) -> None:
    """Send a signal to all that belongs to a job, but for what has made a session of its own."""
    if number in {signal.SIGTERM, signal.SIGKILL} and not job["is_told"]:
        _say(job, f"*** JOB {job['id']} ON {job['node']} CANCELLED AT {now()} ***")
        job["is_told"] = True
    with suppress(ProcessLookupError):
        (os.kill if to_script_alone else os.killpg)(job["pid"], number)


def now() -> str:
    """The time as Slurm writes it, of which nobody knows the zone."""
    return datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")


def _say(job: Job, text: str) -> None:
    """Let Slurm itself write into the output of a job."""
    with suppress(OSError), Path(job["output"]).open("a") as output:
        output.write(f"slurmstepd-{job['node']}: error: {text}\n")

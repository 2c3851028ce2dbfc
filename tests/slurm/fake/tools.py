"""The tools of a fake Slurm, as `tests.slurm.fakes` puts them into a folder."""

import fcntl
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.slurm.fake.jobs import cancel, send
from tests.slurm.fake.options import Options, Refused, parsed
from tests.slurm.fake.sbatch import sbatch
from tests.slurm.fake.state import ENDED, Job, State, by_id, shared

_FIELD = re.compile(r"%\.?\d*([a-zA-Z])")
_UNKNOWN = "Invalid job id specified"
_NO_JOBS = "slurm_load_jobs error: "
_STARS = "*" * 41
_DOWN = f"DOWN\n{_STARS}\n** RESTORE SLURMCTLD DAEMON TO SERVICE **\n{_STARS}"


def main(tool: str, folder: str, *words: str) -> int:
    """Act as a tool does; its exit code."""
    place = Path(folder)
    try:
        with shared(place) as state:
            state["calls"].append([tool, *words])
            fault = _fault(state, tool)
        options, rest = parsed(tool, list(words))
        if not fault["after"]:
            _suffer(place, fault, tool, options, rest)
        with shared(place) as state:
            answer = _TOOLS[tool](place, state, options, rest)
        if fault["after"]:
            _suffer(place, fault, tool, options, rest)
        sys.stdout.write(answer)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n" if str(refused) else "")
        return refused.code
    return 0


def _fault(state: State, tool: str) -> dict[str, Any]:
    """What is to happen to this call, which is one less for it."""
    for fault in state["faults"]:
        if tool in fault["tools"] and fault["times"] != 0:
            if fault["times"] is not None:
                fault["times"] -= 1
            return dict(fault)
    return {"error": None, "hangs": False, "after": False}


def _suffer(
    folder: Path, fault: dict[str, Any], tool: str, options: Options, rest: list[str]
) -> None:
    if fault["hangs"]:
        with (folder / "gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_SH)  # until the test lets it go on
    if fault["error"] is not None:
        raise _failure(tool, options, rest, fault["error"])


def _failure(tool: str, options: Options, rest: list[str], error: str) -> Refused:
    """How a tool ends that the controller has answered with an error, or not at all."""
    match tool:
        case "sbatch" if "test-only" in options:
            return Refused(f"allocation failure: {error}")
        case "sbatch":
            return Refused(f"sbatch: error: Batch job submission failed: {error}")
        case "scancel" if not options:
            return Refused(f"scancel: error: Kill job error on job id {rest[0]}: {error}", 8)
        case "scontrol" if rest[:1] == ["ping"]:
            sys.stdout.write(f"Slurmctld(primary) at here is {_DOWN}\n")
            return Refused("")
        case "sinfo":
            return Refused(f"slurm_load_partitions: {error}")
    return Refused(_NO_JOBS + error)


def _squeue(_folder: Path, state: State, options: Options, _rest: list[str]) -> str:
    """The jobs as they are told; those that have ended only for ``--states=all``."""
    jobs = _visible_jobs(state)
    if numbers := options.get("jobs"):
        jobs = [job for job in jobs if str(job["id"]) in numbers.split(",")]
        if not jobs and "," not in numbers:
            raise Refused(_NO_JOBS + _UNKNOWN)
    if names := options.get("name"):
        jobs = [job for job in jobs if job["name"] in names.split(",")]
    states = options.get("states", "")
    if states.lower() != "all":
        wanted = states.split(",") if states else None
        jobs = [job for job in jobs if _is_wanted(job, wanted)]
    form = options.get("format", "%i %P %j %u %T %M %D %R")
    heading = "" if "noheader" in options else f"{form}\n"
    return heading + "".join(f"{_filled(form, _fields(job))}\n" for job in jobs)


def _visible_jobs(state: State) -> list[Job]:
    jobs: list[Job] | None = state["told"]
    return state["jobs"] if jobs is None else jobs


def _is_wanted(job: Job, states: list[str] | None) -> bool:
    return job["state"] not in ENDED if states is None else job["state"] in states


def _fields(job: Job) -> dict[str, str]:
    return {
        "i": str(job["id"]),
        "A": str(job["id"]),
        "j": job["name"],
        "T": job["state"],
        "r": job["reason"],
        "R": job["node"] or f"({job['reason']})",
        "N": job["node"],
        "P": job["partition"],
        "V": job["submitted"],
        "Z": job["chdir"],
        "u": "me",
        "D": "1",
    }


def _filled(form: str, fields: dict[str, str]) -> str:
    return _FIELD.sub(lambda field: fields.get(field[1], ""), form)


def _scancel(folder: Path, state: State, options: Options, rest: list[str]) -> str:
    """Cancel jobs, or send them a signal; what has ended is as unknown as what never was."""
    names = options["name"].split(",") if "name" in options else None
    by_filter = {str(job["id"]) for job in state["jobs"] if names is None or job["name"] in names}
    others = {str(job["id"]) for job in state["jobs"]} - by_filter
    chosen = rest or sorted(by_filter if options.keys() & {"me", "name"} else ())
    for number in (number for number in chosen if number not in others):
        job = by_id(state["jobs"], number)
        if job is None or job["state"] in ENDED:
            if options and number in rest:
                raise Refused(f"scancel: error: Kill job error on job id {number}: {_UNKNOWN}")
        elif _is_wanted(job, options["state"].split(",") if "state" in options else None):
            _signal(folder, state, job, options)
    return ""


def _signal(folder: Path, state: State, job: Job, options: Options) -> None:
    """Without ``--batch`` KILL is a plain cancel, too; and what waits can only be cancelled."""
    word = options.get("signal", "")
    number = int(word) if word.isdecimal() else signal.Signals[f"SIG{word or 'KILL'}"]
    is_kill = number == signal.SIGKILL
    if is_kill and ("batch" not in options or job["state"] == "PENDING"):
        cancel(folder, state, job)
    elif job["state"] == "RUNNING":
        send(job, number, to_script_alone="full" not in options)
    else:
        why = "Job can not be altered now, try again later"
        if job["state"] == "COMPLETING":
            why = _UNKNOWN
        code = 228 if job["state"] == "PENDING" else 1
        raise Refused(f"scancel: error: Kill job error on job id {job['id']}: {why}", code)


def _scontrol(_folder: Path, state: State, _options: Options, rest: list[str]) -> str:
    """``ping`` and ``show job``: one line for each."""
    match rest:
        case ["ping"]:
            return "Slurmctld(primary) at here is UP\n"
        case ["show", "job", *numbers]:
            jobs = _visible_jobs(state)
            if numbers:
                job = by_id(jobs, numbers[0])
                if job is None:
                    raise Refused(_NO_JOBS + _UNKNOWN)
                jobs = [job]
            return "".join(_one_line(job) for job in jobs) or "No jobs in the system\n"
    raise Refused(f"invalid keyword: {' '.join(rest)}")


def _one_line(job: Job) -> str:
    values = {
        "JobId": job["id"],
        "JobName": job["name"],
        "JobState": job["state"],
        "Reason": job["reason"],
        "Requeue": int("no-requeue" not in job["options"]),
        "Restarts": 0,
        "ExitCode": job["exit"],
        "SubmitTime": job["submitted"],
        "Partition": job["partition"],
        "NodeList": job["node"],
        "Command": "(null)",
        "WorkDir": job["chdir"],
        "StdErr": job["output"],
        "StdIn": "/dev/null",
        "StdOut": job["output"],
        "Power": "",
    }
    return f"{' '.join(f'{name}={value}' for name, value in values.items())} \n"


def _sinfo(_folder: Path, state: State, options: Options, _rest: list[str]) -> str:
    """The nodes, each on a line."""
    form = options.get("format", "%P %a %D %T %N")
    lines = (
        _filled(form, {"P": "main*", "a": "up", "D": "1", "T": word, "N": node})
        for node, word in state["nodes"].items()
    )
    return ("" if "noheader" in options else f"{form}\n") + "".join(f"{line}\n" for line in lines)


_TOOLS: dict[str, Callable[[Path, State, Options, list[str]], str]] = {
    "sbatch": sbatch,
    "squeue": _squeue,
    "scancel": _scancel,
    "scontrol": _scontrol,
    "sinfo": _sinfo,
}

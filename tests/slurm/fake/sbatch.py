"""``sbatch`` of a fake Slurm: what it refuses, what waits for ever, and what it begins."""

import os
import re
import sys
from pathlib import Path

from tests.slurm.fake.jobs import begin, now, variables_of
from tests.slurm.fake.options import Options, Refused
from tests.slurm.fake.state import Job, State

_CPUS, _MEMORY = 8, 2000  # of each node; the memory in MB
_MEGABYTES = {"K": 1 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024**2}
_TIME = re.compile(r"\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2}|UNLIMITED|INFINITE", re.IGNORECASE)
_MEMORY_SIZE = re.compile(r"(\d+)([KMGT]?)", re.IGNORECASE)
_PARTITION = "main"


def sbatch(folder: Path, state: State, options: Options, words: list[str]) -> str:
    """Submit the script on standard input; what is printed. Raises Refused."""
    _check_words(options)
    script = _script(words)
    _check_resources(options)
    is_trial = "test-only" in options
    is_too_large = _cpus(options) > _CPUS * len(state["nodes"]) or _per_task(options) > _CPUS
    if is_trial and is_too_large:
        raise Refused("allocation failure: Requested node configuration is not available")
    number = state["next_id"]
    state["next_id"] += 1
    if is_trial:
        sentence = f"using {_cpus(options)} processors on nodes n1 in partition {_PARTITION}"
        sys.stderr.write(f"sbatch: Job {number} to start at {now()} {sentence}\n")
        return ""
    job = _a_job(folder, state, options, number, script)
    reasons = (
        is_too_large and "PartitionConfig",
        "hold" in options and "JobHeldUser",
        "begin" in options and "BeginTime",
        "dependency" in options and "Dependency",
        state["waiting_for"],
    )
    job["reason"] = next(filter(None, reasons), "None")
    state["jobs"] = [other for other in state["jobs"] if other["id"] != number] + [job]
    if job["reason"] == "None":
        begin(folder, state, job)
    return f"{number}\n" if "parsable" in options else f"Submitted batch job {number}\n"


def _check_words(options: Options) -> None:
    """Refuse what no controller is asked about."""
    for name, form in (("time", _TIME), ("mem", _MEMORY_SIZE)):
        if name in options and not form.fullmatch(options[name]):
            raise Refused(f"sbatch: error: Invalid --{name} specification", 255)
    for name in ("ntasks", "cpus-per-task"):
        if not options.get(name, "1").isdecimal():
            raise Refused(f'sbatch: error: Invalid numeric value "{options[name]}" for --{name}.')


def _check_resources(options: Options) -> None:
    """Refuse what the controller refuses."""
    trial = "test-only" in options
    failed = "allocation failure" if trial else "sbatch: error: Batch job submission failed"
    partition = options.get("partition", _PARTITION)
    if partition != _PARTITION:
        unknown = f"sbatch: error: invalid partition specified: {partition}"
        raise Refused(f"{unknown}\n{failed}: Invalid partition name specified")
    if "gres" in options or "gpus" in options:
        raise Refused("sbatch: error: Invalid generic resource (gres) specification")
    if _memory(options.get("mem", "0")) > _MEMORY:
        why = "" if trial else "sbatch: error: Memory specification can not be satisfied\n"
        raise Refused(f"{why}{failed}: Requested node configuration is not available")


def _script(words: list[str]) -> str:
    try:
        script = Path(words[0]).read_text() if words else sys.stdin.read()
    except OSError:
        raise Refused(f"sbatch: error: Unable to open file {words[0]}") from None
    if not script:
        raise Refused("sbatch: error: Batch script is empty!")
    if not script.startswith("#!"):
        raise Refused(
            "sbatch: error: This does not look like a batch script.  The first\n"
            "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
            "sbatch: error: For instance: #!/bin/sh"
        )
    if "\r\n" in script:
        raise Refused(
            "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n"
            "sbatch: error: instead of expected UNIX line breaks (\\n)."
        )
    return script


def _a_job(folder: Path, state: State, options: Options, number: int, script: str) -> Job:
    state["serial"] += 1
    path = folder / f"script-{state['serial']}"
    path.write_text(script)
    path.chmod(0o700)
    chdir = Path.cwd() / options.get("chdir", ".")
    name = options.get("job-name", "sbatch")
    output = options.get("output", "slurm-%j.out").replace("%j", str(number)).replace("%x", name)
    job = {
        "id": number,
        "serial": state["serial"],
        "name": name,
        "state": "PENDING",
        "node": "",
        "exit": "0:0",
        "is_told": False,  # in its log, that somebody ended it
        "partition": _PARTITION,
        "submitted": now(),
        "wanted_node": options.get("nodelist", ""),
        "script": str(path),
        "chdir": str(chdir),
        "output": str(chdir / output),
        "options": options,
    }
    job["variables"] = variables_of(job, options.get("export", "ALL"), dict(os.environ))
    return job


def _per_task(options: Options) -> int:
    return int(options.get("cpus-per-task", "1"))


def _cpus(options: Options) -> int:
    return int(options.get("ntasks", "1")) * _per_task(options)


def _memory(size: str) -> float:
    number, unit = _MEMORY_SIZE.fullmatch(size).groups()  # type: ignore[union-attr]
    return int(number) * _MEGABYTES[unit.upper()]

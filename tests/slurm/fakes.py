r"""Programs named ``sbatch``, ``squeue``, ``scancel``, ``scontrol`` and ``sinfo`` for bad days.

They answer what a test wants: nothing, something old, an error, words that nobody knows. What is
submitted to them really runs, as processes of this machine, and ends when it is cancelled.

What the real tools do, as seen with Slurm 22.05.8 on `tests.slurm.cluster`; a time is of a
machine with two cores. The fakes do the same unless it says "not here".

**sbatch**

* ``--parsable`` prints the number alone and ends with 0; without: ``Submitted batch job 8``.
  Errors are on standard error, with nothing on standard output.
* Options are refused before the controller is asked: 255 for words that are not understood
  (``sbatch: unrecognized option '--bogus=1'`` and a second line ``Try "sbatch --help" ...``,
  ``sbatch: error: Invalid --time specification``), 1 for numbers (``sbatch: error: Invalid
  numeric value "abc" for --cpus-per-task.``).
* The controller's refusals are 1: ``sbatch: error: Batch job submission failed: Invalid partition
  name specified``, mostly with a line before it that says more. ``--mem`` of more than a node has
  is refused and yet leaves a job in the list, FAILED for ``BadConstraints`` (not here).
* Too many CPUs or nodes are taken: the job waits for ever, ``PENDING`` for ``PartitionConfig``,
  later ``PartitionNodeLimit``. Others behind it are told to wait for ``Priority`` for up to half
  a minute.
* ``--test-only`` prints nothing on standard output, ever. It ends with 0 and ``sbatch: Job 15 to
  start at 2026-11-29T21:04:37 using 1 processors on nodes n1 in partition main`` on standard
  error, or with 1 and ``allocation failure: Requested node configuration is not available``. It
  uses up a job id. While something waits that can never begin, the year it tells is 2367: nothing
  to show to anybody. It does not look at ``--output``, ``--chdir``, ``--account`` or ``--qos``
  where there is no accounting.
* The script has to begin with ``#!`` and must not have ``\r\n``; nothing on standard input is
  ``Batch script is empty!``. 5 MB are ``Pathname of a file, directory or other parameter too
  long``. Options in lines ``#SBATCH`` and in variables (``SBATCH_PARTITION``) count, too (not
  here): take ``SBATCH_*``, ``SQUEUE_*`` and ``SLURM_*`` but for ``SLURM_CONF`` out of what the
  tools are given.
* ``--export=NAMES`` and ``--export=NONE`` have slurmd make a login shell's environment first:
  half a second to two, in which the job is RUNNING already. ``--export=ALL`` does not: the job
  has the environment of ``sbatch``, byte for byte, none of the node's, and what is told below.
  ``--export=A=1`` shows its value to all who list the processes of this machine.
* A ``--chdir`` that is missing on the node does not stop a job: it runs in ``/tmp`` with a line
  ``slurmstepd-n1: error: couldn't chdir to ...`` in its log. So a script has to look for itself.
* An ``--output`` that cannot be written is FAILED for ``JobLaunchFailure``, exit ``0:53``, with
  nothing written anywhere. ``%x`` and ``%j`` in it are name and number.
* ``--no-requeue`` is needed: without, a job of a dead node is PENDING again, ``BeginTime``.
* A name may be empty, long (300 characters are told whole), and have ``|``, commas, spaces, line
  breaks, or letters of any alphabet.

**What a job finds**: ``SLURM_JOB_ID``, ``SLURM_JOBID``, ``SLURM_JOB_NAME`` and thirty more, with
``SLURMD_NODENAME`` and ``HOSTNAME`` the node, ``TMPDIR`` and ``ENVIRONMENT=BATCH``. Standard
input is ``/dev/null``. Its script is a copy in a folder of slurmd, which is gone afterwards; an
interpreter that is missing on the node is told in the log, and code 2.

**squeue**: ``squeue --me -h -o '%i|%T|%r|%N|%j'`` prints ``1|RUNNING|None|n1|name``; the name
last, since it may hold anything. No width means whole words without blanks. No jobs are no lines
and 0.

* ``%r`` is ``None`` while there is no reason, and for what runs; it may have commas and spaces
  (``ReqNodeNotAvail, UnavailableNodes:n[1-3]``, ``launch failed requeued held``). Seen:
  ``Resources``, ``Priority``, ``BeginTime``, ``JobHeldUser``, ``Dependency``,
  ``DependencyNeverSatisfied``, ``PartitionConfig``, ``PartitionNodeLimit``, ``BadConstraints``,
  ``NonZeroExitCode``, ``TimeLimit``, ``NodeDown``, ``JobLaunchFailure`` (also of what a signal
  has ended).
* ``%N`` is empty while it waits. ``%i`` of an array is ``11_[1-3]`` and ``11_1``, ``%A`` a
  number.
* What has ended is told for ``--states=all`` alone, for MinJobAge (300 s), then it is unknown.
* Words in the order of a life: PENDING, (CONFIGURING,) RUNNING, COMPLETING, and COMPLETED,
  FAILED, CANCELLED, TIMEOUT, NODE_FAIL, PREEMPTED, OUT_OF_MEMORY, BOOT_FAIL, DEADLINE. A job is
  COMPLETING for some hundredths of a second, or up to KillWait.
* ``-j`` with one number that is unknown is 1, ``slurm_load_jobs error: Invalid job id
  specified``; with several it is 0 and no line.
* An unknown field is a line on standard error, the field as it stands in the output, and 0 (not
  here).

**scancel**

* ``scancel N`` of what is unknown or has ended: 0 and nothing said. ``scancel -b -f -s TERM N``:
  1 and ``scancel: error: Kill job error on job id N: Invalid job id specified``.
* ``scancel --name=X`` of what nobody is called: 0 and nothing said. With a number, too, it reaches
  that job only if it is called so; another is left alone, 0 as well.
* What waits can be cancelled, and not be sent TERM: ``-b -f -s TERM`` tries for 95 s, then 228
  and ``Job can not be altered now, try again later`` (here: at once). ``-b -f -s KILL`` cancels
  it. ``scancel --state=PENDING N`` cancels what waits and leaves alone what runs, 0 for both.
* ``-s KILL`` without ``-b`` is a plain cancel: TERM, KillWait, KILL, and the end is CANCELLED.
  With ``-b -f`` it is the signal alone, and the end is FAILED. Once it is COMPLETING no signal is
  taken any more (``Invalid job id specified``), so our own KILL has to come before the plain
  cancel.
* A signal to what is RUNNING but just being started may take a second or two.
* The first TERM or KILL of whatever way writes ``slurmstepd-n1: error: *** JOB 1 ON n1 CANCELLED
  AT 2026-11-29T21:04:16 ***`` into the log, with ``DUE TO TIME LIMIT`` in front of the last stars
  where it was that. Nothing tells by whom.

**scontrol show job -o N**: one line of ``Name=value`` with blanks between and one at the end;
values may have blanks, so look for `` JobState=``. One number a call. Unknown: 1,
``slurm_load_jobs error: Invalid job id specified``. ``ExitCode=3:0`` is the code, ``0:9`` the
signal. ``Command=(null)`` for a script of standard input.

**A controller that is dead**: each call fails after 9 s, and after 18 s for ``--test-only``,
``scancel -b`` and ``scontrol show job``, with 1 (``scancel N``: 8) and ``Unable to contact slurm
controller (connect failure)`` after what is in `tests.slurm.fake.tools`. ``scontrol ping`` says
DOWN at once, with 1.

**A controller that hangs**: after 10 s ``Socket timed out on send/recv operation``. The
``sbatch`` that gave up, or was killed, *has submitted*: the controller takes it when it goes on.

**After ``kill -9`` of the controller**: it knows what it had saved, which may be 5 s old: jobs
are unknown that run, and PENDING that run or have ended. Ids are used again, and a node that runs
another job of such an id is drained (``Duplicate jobid``). It schedules nothing in its first 3 s,
and nodes are ``unknown`` for about 4. A job submitted while all is well begins within a second.
"""

import fcntl
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil

from tests.slurm.fake.jobs import MARK, a_call
from tests.slurm.fake.state import Job, by_id, shared
from tests.support.patience import PATIENCE

TOOLS = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")

CONNECT_FAILURE = "Unable to contact slurm controller (connect failure)"
TIMED_OUT = "Socket timed out on send/recv operation"
"""What all tools say when the controller is dead, and when it hangs."""

_LOOK = 0.005  # seconds


class FakeSlurm:
    """Tools in a folder of their own, and what a test may have them do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "bin"
        tools.mkdir(parents=True)
        self.variables = {"PATH": f"{tools}:{os.environ['PATH']}"}
        """What a program has to be given, so that it meets these tools."""
        for tool in TOOLS:
            call = shlex.join(a_call("fake.tools.main", tool, folder))
            (tools / tool).write_text(f'#!/bin/sh\nexec {call} "$@"\n')
            (tools / tool).chmod(0o700)
        self._gate: IO[str] = (folder / "gate").open("w")

    def calls(self, tool: str | None = None) -> list[list[str]]:
        """The words of all calls until now, of a tool or of all."""
        with shared(self.folder) as state:
            return [words for words in state["calls"] if tool in (None, words[0])]

    def jobs(self) -> list[Job]:
        """What is known of all: ``id``, ``name``, ``state``, ``node``, ``variables`` and so on."""
        with shared(self.folder) as state:
            return list(state["jobs"])

    def job(self, number: int) -> Job | None:
        """What is known of one."""
        return by_id(self.jobs(), number)

    def fail(self, error: str, *tools: str, times: int | None = None, after: bool = False) -> None:
        """Have calls of ``tools``, or of all, end with an error: so many, or until `recover`.

        ``after``: what they were to do is done all the same.
        """
        self._trouble(tools, times, error=error, hangs=False, after=after)

    def hang(self, *tools: str, times: int | None = None, after: bool = False) -> None:
        """Have calls wait until `recover`, and then do what they were to do.

        ``after``: they have done it before, so it is done also if nobody waits for them.
        """
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        self._trouble(tools, times, error=None, hangs=True, after=after)

    def recover(self) -> None:
        """Let all be as usual again."""
        with shared(self.folder) as state:
            state["faults"] = []
        fcntl.flock(self._gate, fcntl.LOCK_UN)

    @contextmanager
    def stale(self) -> Iterator[None]:
        """Have ``squeue`` and ``scontrol`` tell what they would have told before the block."""
        self._change(told=self.jobs())
        yield
        self._change(told=None)

    def keep_waiting(self, reason: str | None = "Resources") -> None:
        """Have what is submitted from now on wait for ``reason``; None: begin at once."""
        self._change(waiting_for=reason)

    def begin(self, number: int) -> None:
        """Begin a job that waits."""
        subprocess.run(a_call("fake.jobs.begin_waiting", self.folder, number), check=True)

    def rewrite(self, number: int, **fields: Any) -> None:
        """Have something else be told of a job, such as a ``state`` that nobody knows."""
        with shared(self.folder) as state:
            job = by_id(state["jobs"], number)
            assert job is not None
            job.update(fields)

    def forget(self, number: int) -> None:
        """Know a job no more, whatever becomes of it."""
        with shared(self.folder) as state:
            state["jobs"] = [job for job in state["jobs"] if job["id"] != number]

    def next_id(self, number: int) -> None:
        """Give the next job a number, also one that was used already."""
        self._change(next_id=number)

    def kill_wait(self, seconds: float) -> None:
        """How long a job has that is cancelled, from TERM to KILL."""
        self._change(kill_wait=seconds)

    def close(self) -> None:
        """End all that runs, but for what has thrown its environment away."""
        self.recover()
        self._gate.close()
        deadline = time.monotonic() + PATIENCE
        while alive := [process for process in psutil.process_iter() if self._is_ours(process)]:
            assert time.monotonic() < deadline, f"these do not end: {alive}"
            for process in alive:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            time.sleep(_LOOK)

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return process.environ().get(MARK) == str(self.folder)
        return False

    def _change(self, **values: Any) -> None:
        with shared(self.folder) as state:
            state.update(values)

    def _trouble(self, tools: tuple[str, ...], times: int | None, **fault: Any) -> None:
        with shared(self.folder) as state:
            state["faults"].append({"tools": tools or TOOLS, "times": times, **fault})

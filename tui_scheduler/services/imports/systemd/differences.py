"""What options of units would have done, and what is different without them."""

import re
from collections.abc import Iterator

from tui_scheduler.services.imports.systemd.conditions import unsaid_conditions
from tui_scheduler.services.imports.systemd.units import Unit

_SECTIONS = {"Unit", "Timer", "Service"}
_OFF = {"no", "n", "false", "f", "off", "0"}
_KEPT = re.compile(
    r"On(Calendar|\w+Sec|ClockChange|TimezoneChange)|Persistent|Unit|AccuracySec"
    r"|Randomized(Delay|Offset)Sec|FixedRandomDelay"
    r"|RemainAfterElapse|Exec(Start|StartPre|StartPost|Condition)|Environment(File)?|User|Type"
    r"|ExecReload|WorkingDirectory|RuntimeMaxSec|Timeout(Start)?Sec|(Condition|Assert)\w+"
    r"|Description|Documentation|SourcePath|DefaultDependencies|CollectMode|RefuseManual\w+"
)
"""Options that are taken over or told by others, and those that would make no difference."""

_TOGETHER = {
    "it is not shut in, and may do all that you may": (
        r"(Protect|Private|Restrict|Bind|SystemCall|Ambient|CapabilityBound|SocketBind|IPAddress|Root"
        r"|Mount|Extension|Device|Inaccessible|TemporaryFile|SELinux|AppArmor|Smack|ReadOnly|ReadWrite"
        r")\w*|(No)?ExecPaths|NoNewPrivileges|DynamicUser|RemoveIPC|KeyringMode|SecureBits|ProcSubset"
        r"|MemoryDenyWriteExecute|LockPersonality|\w+NamespacePath"
    ),
    "it may use as much of the machine as there is": (
        r"(Limit|Memory|CPU(?!Sched|Aff)|IO(?!Sched)|Tasks|BlockIO|Startup|ManagedOOM|OOM|Allowed"
        r"|DefaultMemory)\w+|Slice|Delegate|DisableControllers"
    ),
    "it has no priority of its own: nice and ionice can stand before the command": (
        r"Nice|(CPU|IO)Scheduling\w+|CPUAffinity|NUMA\w+"
    ),
    "what it prints is in the log of its run, and it has nothing to read": (
        r"(Standard|Syslog|Log(?!s)|TTY)\w+"
    ),
    "it is stopped with TERM, and KILL after a while": (
        r"(Kill|SendSIG|FinalKill|TimeoutStop|TimeoutAbort|TimeoutStartFail|Watchdog)\w+"
    ),
    "exit codes other than 0 are failures, and only retries start it again": (
        r"(Restart(?!rict)|StartLimit|SuccessExit)\w*"
    ),
    "no folders and no credentials are made for it, and files have your umask": (
        r"((Runtime|State|Cache|Logs|Configuration)Directory|Load|Set|Import)\w*|UMask"
    ),
    "it has the groups and the environment of whoever schedules": (
        r"(Pass|Unset)Environment|PAMName|\w*Groups?"
    ),
    "no other unit is started, stopped or waited for": (
        r"(After|Before|Want|Requi|Binds|Part|Uphold|Conflict|Joins|Propagates|StopWhen|\w+PropagatedF)"
        r"\w*"
    ),
}
"""What is missing without some options, which are told together, and which they are."""

_ALONE = {
    "OnFailure": "nothing is started when it fails",
    "OnSuccess": "nothing is started when it succeeds",
    "WakeSystem": "the machine is not woken: what it sleeps through is missed",
    "RemainAfterExit": "it runs each time, also where systemd sees it as active",
    "ExecStop": "nothing runs when it is stopped",
    "ExecStopPost": "nothing runs after it: put it into the command",
}
_OF_TYPE = {
    "forking": "a run ends with its first process, and what that leaves is not watched",
    "dbus": "a run ends with its process, whether or not it is on the bus",
    "notify": "a run ends with its process, and nothing hears of its readiness",
    "notify-reload": "a run ends with its process, and nothing hears of its readiness",
}


def differences(unit: Unit) -> Iterator[str]:
    """A sentence for each thing that will be different; none for options that are kept."""
    together: dict[str, list[str]] = {}
    for section, key, value in unit.options():
        if section not in _SECTIONS or value.lower() in _OFF or _KEPT.fullmatch(key):
            continue
        if key in _ALONE:
            yield f"{key}={value}: {_ALONE[key]}"
        else:
            together.setdefault(_missing_without(key), []).append(f"{key}=")
    for missing, keys in together.items():
        yield f"{', '.join(keys)}: {missing}"
    for condition in unsaid_conditions(unit):
        yield f"{condition}: it runs whether or not that holds"
    kind = unit.last("Service", "Type")
    if kind in _OF_TYPE:
        yield f"Type={kind}: {_OF_TYPE[kind]}"


def _missing_without(key: str) -> str:
    known = (missing for missing, keys in _TOGETHER.items() if re.fullmatch(keys, key))
    return next(known, "is not kept")

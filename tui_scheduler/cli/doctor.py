"""Looking for what is wrong, and repairing it."""

from collections.abc import Iterator
from itertools import chain

from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.printing.layout import Cell, line
from tui_scheduler.cli.printing.output import has_colour, print_json
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.doctor import Finding, Target, Verdict, examine
from tui_scheduler.doctor.finding import ok, warning
from tui_scheduler.errors import ExitCode
from tui_scheduler.settings import Settings

_LOOKS = {
    Verdict.OK: ("✓", "32"),
    Verdict.WARNING: ("!", "33"),
    Verdict.PROBLEM: ("✗", "31"),
    Verdict.REPAIRED: ("✓", "36"),
}
_VERDICT_WIDTH = 10
_NAME_WIDTH = 11


@command("doctor", epilog=examples("doctor", "doctor --fix", "doctor --json"))
@option(
    "--fix",
    is_flag=True,
    help="Repair what can be repaired: permissions, files that belong to no run, counts, WAL,"
    " tables of an older version. No row is deleted.",
)
@json_option
@pass_session
def doctor_command(session: Session, fix: bool, as_json: bool) -> int:
    """Check the database and its files, also while it is in use.

    Each check prints a line: ok, warning, problem or repaired. Exits with 1 while a problem is
    left.
    """
    findings = []
    settings = session.settings
    checks = examine(Target(settings=settings), repairs=fix)
    for name, finding in chain(checks, _check_keys(settings)):
        findings.append((name, finding))
        if not as_json:
            print(_line(name, finding), flush=True)
    has_problem = any(finding.verdict is Verdict.PROBLEM for _, finding in findings)
    if as_json:
        print_json(
            {
                "ok": not has_problem,
                "checks": [_record(name, finding) for name, finding in findings],
            }
        )
    return ExitCode.FAILED if has_problem else ExitCode.DONE


def _check_keys(settings: Settings) -> Iterator[tuple[str, Finding]]:
    """Yield what the user's own keys cannot do, which only the screens know."""
    if not settings.keymap:  # loading the screens takes a while
        return
    from tui_scheduler.tui.keymap import keymap_problems

    complaints = keymap_problems(settings.keymap)
    for text, remedy in complaints:
        yield "keys", warning(f"{settings.config}: keymap: {text}", remedy)
    if not complaints:
        yield "keys", ok(f"{settings.config}: no key of yours is in conflict with another")


def _line(name: str, finding: Finding) -> str:
    glyph, colour = _LOOKS[finding.verdict]
    remedy = f". {finding.remedy}" if finding.remedy else ""
    cells = [Cell(f"{glyph} {finding.verdict}", colour), Cell(name), Cell(finding.text + remedy)]
    return line(cells, [_VERDICT_WIDTH, _NAME_WIDTH], colour=has_colour())


def _record(name: str, finding: Finding) -> dict[str, str]:
    return {
        "check": name,
        "verdict": finding.verdict.value,
        "found": finding.text,
        "remedy": finding.remedy,
    }

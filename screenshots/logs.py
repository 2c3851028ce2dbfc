"""What the jobs in the pictures have written."""

from tui_scheduler.models import RunStatus

_DIM, _RED, _GREEN, _YELLOW, _CYAN, _BOLD, _END = (
    f"\x1b[{code}m" for code in ("2", "31", "32", "33", "36", "1", "0")
)


def log_of(process: str, status: RunStatus) -> str:
    """Return the log of a run of ``process`` that ended, or goes on, with ``status``."""
    write = _LOGS.get(process, _plain)
    return write(status)


def _training(status: RunStatus) -> str:
    lines = [
        f"{_BOLD}forecast 4.2.0{_END}  region {_CYAN}eu-central{_END}  seed 7",
        "loading 1,284,006 orders of 730 days from /srv/warehouse/orders.parquet",
        f"{_YELLOW}warning:{_END} 14 shops have no sales before 2025-06, using region averages",
        "features: calendar 18, price 6, weather 4, lagged sales 28",
    ]
    epochs = 18 if status is RunStatus.PROCESSING else 40
    lines += [_epoch(number) for number in range(1, epochs + 1)]
    if status is RunStatus.ERROR:
        lines.append(f"{_RED}RuntimeError:{_END} CUDA out of memory. Tried to allocate 1.50 GiB")
    elif status is not RunStatus.PROCESSING:
        lines.append(f"{_GREEN}saved{_END} /srv/models/forecast-2026-03.pt")
    return "\n".join(lines) + "\n"


def _epoch(number: int) -> str:
    loss = 0.18 + 2.6 / (number + 1.7)
    checked = loss * 1.08 + (0.004 if number % 3 else -0.003)
    done = 20 * number // 40
    bar = f"{_GREEN}{'━' * done}{_END}{_DIM}{'━' * (20 - done)}{_END}"
    best = f"  {_GREEN}best{_END}" if number % 3 == 0 else ""
    return f"epoch {number:2d}/40 {bar}  loss {loss:.4f}  val {checked:.4f}  41.3 s{best}"


def _invoices(status: RunStatus) -> str:
    lines = [f"{_DIM}2026-03-17{_END} to {_DIM}2026-03-18{_END}, shop → ledger, 312 invoices"]
    for number in range(40_211, 40_211 + 34):
        amount = 19.9 + number * 37 % 1900 + number % 7 / 10
        net = f"{amount:9.2f} EUR"
        if number % 11 == 4:
            lines.append(f"{_YELLOW}retry{_END}  invoice {number}  {net}  ledger busy, 1 of 3")
        lines.append(f"{_GREEN}ok{_END}     invoice {number}  {net}  posted to 4400")
    if status is RunStatus.ERROR:
        lines += [
            f"{_RED}failed{_END} invoice 40245    418.60 EUR  no account for tax code DE-7",
            "Traceback (most recent call last):",
            f'  File {_CYAN}"/srv/billing/sync.py"{_END}, line 88, in post',
            "    account = ledger.account_for(invoice.tax_code)",
            f'  File {_CYAN}"/srv/billing/ledger.py"{_END}, line 141, in account_for',
            "    raise UnknownTaxCode(code)",
            f"{_RED}billing.ledger.UnknownTaxCode: DE-7{_END}",
            f"34 invoices posted, {_RED}1 failed{_END}, 277 not tried",
        ]
    else:
        lines.append(f"{_GREEN}312 invoices posted{_END}")
    return "\n".join(lines) + "\n"


def _index(status: RunStatus) -> str:
    lines = [f"{_BOLD}Rebuilding index shop_v42{_END} with 4 workers"]
    for language, count in (("de", 48_210), ("en", 51_877), ("fr", 22_904), ("pl", 9_318)):
        lines.append(f"{_GREEN}✓{_END} {language}  {count:6,d} documents")
    if status is RunStatus.PROCESSING:
        lines = [*lines[:3], f"{_CYAN}…{_END} fr  14,200 of 22,904 documents"]
    elif status is RunStatus.ERROR:
        lines.append(f"{_RED}✗ connection to search-2 was lost{_END}")
    else:
        lines.append("alias shop -> shop_v42")
    return "\n".join(lines) + "\n"


def _backup(status: RunStatus) -> str:
    lines = ["repository 8f3c21aa opened", "using parent snapshot 5d0e2f71"]
    if status is RunStatus.KILLED:
        lines.append(f"{_YELLOW}signal terminated received, cleaning up{_END}")
    else:
        lines += [
            "Files:       1,204 new,   388 changed, 612,049 unmodified",
            "Added to the repository: 2.114 GiB (1.207 GiB stored)",
            f"{_GREEN}snapshot b71d94c0 saved{_END}",
        ]
    return "\n".join(lines) + "\n"


def backup_of(folders: int) -> str:
    """Return what a backup has written after so many ``folders``, of twelve."""
    lines = [
        f"repository {_CYAN}8f3c21aa{_END} opened",
        f"using parent snapshot {_CYAN}5d0e2f71{_END}",
        f"{_BOLD}12 folders, 613,641 files, 1.8 TiB{_END}",
    ]
    for number, name in enumerate(_FOLDERS[:folders]):
        new, size = 3 + number * 37 % 211, 0.4 + number * 7 % 12 / 5
        lines.append(f"{_GREEN}✓{_END} /srv/{name:12} {new:5d} new or changed  {size:5.1f} GiB")
        if name == "mail":
            lines.append(f"{_YELLOW}warning:{_END} 2 files changed while they were read")
    done = 30 * folders // len(_FOLDERS)
    bar = f"{_GREEN}{'━' * done}{_END}{_DIM}{'━' * (30 - done)}{_END}"
    return "\n".join([*lines, f"{bar} {100 * folders // len(_FOLDERS):3d}%"]) + "\n"


def _plain(status: RunStatus) -> str:
    return "ok\n" if status is RunStatus.SUCCESS else "working\n"


_FOLDERS = (
    "billing", "contracts", "forecast", "images", "ledger", "mail", "orders", "reports", "shop",
    "staging", "warehouse", "wiki",
)  # fmt: skip
_LOGS = {
    "train-forecast": _training,
    "sync-invoices": _invoices,
    "search-index": _index,
    "nightly-backup": _backup,
}

"""What all figures share: percentiles, and a throw-away place to run in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_scheduler.settings import Settings


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def summary(seconds: Sequence[float]) -> str:
    """The middle and the slow end of some durations."""
    middle, slow = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    return f"p50 {middle:.2f} ms, p99 {slow:.2f} ms, longest {max(seconds) * 1000:.2f} ms"


@contextmanager
def throwaway_settings() -> Iterator[Settings]:
    """Settings for a database on a real disk that is gone afterwards."""
    with TemporaryDirectory(prefix="tui-scheduler-bench-", dir="/var/tmp") as folder:
        yield Settings(database=Path(folder) / "bench.db")

"""Numbers of bytes as people write and read them."""

import pytest

from tui_scheduler.sizes import parse_size, peak_text, size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (99_499, "99.5 kB"),
        (123_456, "123 kB"),
        (999_999, "1.0 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("4096", 4096),
        ("4096 B", 4096),
        ("1.5 GB", 1_500_000_000),
        ("100MB", 100_000_000),
        (" 7k ", 7_000),
        ("2 tb", 2_000_000_000_000),
    ],
)
def test_a_size_may_be_written_in_any_unit(text: str, size: int) -> None:
    assert parse_size(text) == size


def test_a_peak_is_a_bound() -> None:
    assert peak_text(12_345_678) == "at most 12.3 MB"


@pytest.mark.parametrize("text", ["", "MB", "-1", "1,5 MB", "1 MiB", "1e3", "ten", "1 B B", "inf"])
def test_anything_else_is_not_a_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size such as 100 MB"):
        parse_size(text)


@pytest.mark.parametrize("text", ["9" * 400, "1000001 TB"])
def test_what_no_disk_holds_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is more than any disk holds"):
        parse_size(text)

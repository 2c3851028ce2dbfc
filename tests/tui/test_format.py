"""How values are written on every screen."""

from datetime import timedelta

from rich.text import Text

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.services.norms import PastRun
from tui_scheduler.tui import format as written
from tui_scheduler.tui.widgets.table.style import TONES
from tui_scheduler.wording import PAUSED, SUBMITTED


def test_every_status_has_a_glyph_a_word_and_a_tone() -> None:
    looks = [*written.RUN_LOOKS.values(), *written.REQUEST_LOOKS.values()]
    assert set(written.RUN_LOOKS) == {*RunStatus, SUBMITTED}
    assert set(written.REQUEST_LOOKS) == {*RequestStatus, PAUSED}
    assert all(len(look.glyph) == 1 and look.word and look.tone in TONES for look in looks)


def test_no_two_outcomes_look_alike_without_colour() -> None:
    glyphs = [look.glyph for look in written.RUN_LOOKS.values()]
    assert len(set(glyphs)) == len(glyphs)


def test_a_status_is_glyph_and_word() -> None:
    assert written.RUN_LOOKS[RunStatus.ERROR].text.plain == "✗ failed"


def test_the_strip_has_the_newest_run_at_the_right_and_nothing_older_than_fits() -> None:
    runs = [
        PastRun(RunStatus.SUCCESS, timedelta(hours=9)),
        PastRun(RunStatus.SUCCESS, timedelta(seconds=8)),
        PastRun(RunStatus.ERROR, timedelta(seconds=900)),
        PastRun(RunStatus.PROCESSING),
    ]
    assert written.strip(runs, 3).plain == "▄✗►"


def test_a_success_is_as_high_in_the_strip_as_it_took_long_beside_what_is_usual() -> None:
    took = (30, 28, 32, 30, 40, 50, 60, 900, 20, 10, 0)
    runs = [PastRun(RunStatus.SUCCESS, timedelta(seconds=each)) for each in took]
    assert written.strip(runs, 20).plain == "▄▄▄▄▅▆▇▇▃▂▁"
    at_once = [PastRun(RunStatus.SUCCESS, timedelta())] * 2
    assert written.strip(at_once, 10).plain == "▁▁"


def test_markup_in_a_cell_is_text() -> None:
    text = written.cell("grep [/etc] [/ [@click=app.quit]x[/")
    assert text.plain == "grep [/etc] [/ [@click=app.quit]x[/"
    assert text.spans == []


def test_a_cell_may_have_a_tone() -> None:
    assert written.cell("name", "strong") == Text("name", "strong")


def test_outside_text_in_a_cell_is_one_harmless_line() -> None:
    assert written.cell("a\x1b[31m\n[/]").plain == "a␛[31m␊[/]"

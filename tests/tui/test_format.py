"""How values are written on every screen."""

from rich.text import Text

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.tui import format as written
from tui_scheduler.tui.widgets.table.style import TONES
from tui_scheduler.wording import SUBMITTED


def test_every_status_has_a_glyph_a_word_and_a_tone() -> None:
    looks = [*written.RUN_LOOKS.values(), *written.REQUEST_LOOKS.values()]
    assert set(written.RUN_LOOKS) == {*RunStatus, SUBMITTED}
    assert set(written.REQUEST_LOOKS) == set(RequestStatus)
    assert all(len(look.glyph) == 1 and look.word and look.tone in TONES for look in looks)


def test_no_two_outcomes_look_alike_without_colour() -> None:
    glyphs = [look.glyph for look in written.RUN_LOOKS.values()]
    assert len(set(glyphs)) == len(glyphs)


def test_a_status_is_glyph_and_word() -> None:
    assert written.RUN_LOOKS[RunStatus.ERROR].text.plain == "✗ failed"


def test_the_strip_has_the_newest_run_at_the_right_and_nothing_older_than_fits() -> None:
    statuses = [RunStatus.ERROR, RunStatus.SUCCESS, RunStatus.SUCCESS, RunStatus.PROCESSING]
    assert written.strip(statuses, 3).plain == "✓✓►"


def test_markup_in_a_cell_is_text() -> None:
    text = written.cell("grep [/etc] [/ [@click=app.quit]x[/")
    assert text.plain == "grep [/etc] [/ [@click=app.quit]x[/"
    assert text.spans == []


def test_a_cell_may_have_a_tone() -> None:
    assert written.cell("name", "strong") == Text("name", "strong")


def test_outside_text_in_a_cell_is_one_harmless_line() -> None:
    assert written.cell("a\x1b[31m\n[/]").plain == "a␛[31m␊[/]"

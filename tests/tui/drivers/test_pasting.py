"""What is pasted arrives as one text, in its place, whatever is in it and however it is read."""

import pytest
from textual.events import Key, Paste

from tui_scheduler.tui.drivers.pasting import OrderedParser

TEXTS = [
    "plain\nlines",
    "",
    "ab\x1b[31mred\x1b[0mcd",
    "up\x1b[Aand down\x1b[B",
    "a\x1bb",
    "ends in\x1b",
    "ends in a part of the end\x1b[20",
    "\x1b[200~twice",
    "\x1b]52;c;aGVsbG8=\x07after",
    "\x1b[31m" + "k" * 60,
    "\x1b[<0;10;10M a click",
    "D\x1b[1;2Dy",
]


def parsed(*pieces: str) -> list[str]:
    """What is typed and pasted, in order."""
    parser = OrderedParser()
    messages = [message for piece in pieces for message in parser.feed(piece)]
    return [
        message.text if isinstance(message, Paste) else message.key
        for message in messages
        if isinstance(message, Paste | Key)
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_a_paste_is_one_text_between_what_is_typed(text: str) -> None:
    data = f"x\x1b[200~{text}\x1b[201~y"
    assert parsed(data) == ["x", text, "y"]
    assert parsed(*data) == ["x", text, "y"]  # a terminal may be slow
    for cut in range(len(data)):
        assert parsed(data[:cut] or "x", data[cut:]) in (["x", text, "y"], ["x", "x", text, "y"])


def test_two_pastes_are_two_texts() -> None:
    one = "\x1b[200~\x1b[Aone\x1b[201~"
    assert parsed(one + one, one) == ["\x1b[Aone"] * 3


def test_keys_are_keys() -> None:
    assert parsed("a\x1b[A\x1b[1;2D", "\x1b[6~") == ["a", "up", "shift+left", "pagedown"]


def test_after_the_end_nothing_is_read() -> None:
    parser = OrderedParser()
    list(parser.feed("\x1b[200~cut off"))
    assert list(parser.feed("")) == []

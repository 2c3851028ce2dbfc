"""Whatever happens to the rows, the cursor is on its row and the screen shows the list."""

import random

import pytest
from textual.pilot import Pilot

from tests.tui.widgets.table.sample_rows import (
    Fruit,
    ListSource,
    TableApp,
    fruits,
    reload,
    screen_lines,
    settle,
)

KEYS = ["j", "k", "G", "g", "pagedown", "pageup", "ctrl+d", "ctrl+u"]
HEIGHT = 11


def change(source: ListSource, chance: random.Random, step: int) -> None:
    """Insert, remove, rename or shuffle rows, as may happen between two looks."""
    match chance.randrange(4):
        case 0:
            where = chance.choice([0, 0, len(source.rows) // 2])
            source.rows[where:where] = fruits(
                range(1_000 * step, 1_000 * step + chance.randrange(30))
            )
        case 1:
            start = chance.randrange(len(source.rows) + 1)
            del source.rows[start : start + chance.randrange(20)]
        case 2:
            for place in range(0, len(source.rows), 7):
                source.rows[place] = Fruit(source.rows[place].id, f"renamed {step}")
        case _:
            chance.shuffle(source.rows)


async def key(pilot: Pilot[None], chance: random.Random) -> None:
    await pilot.press(chance.choice(KEYS))
    await settle(pilot)


def shows_the_list(app: TableApp, source: ListSource) -> bool:
    """Whether each line of the screen is the row of the list that belongs there."""
    top = app.table.place.top
    wanted = source.rows[top : top + HEIGHT]
    lines = screen_lines(app)[1:]
    return all(f" {row.name} " in line for row, line in zip(wanted, lines, strict=False))


@pytest.mark.parametrize("seed", range(3))
async def test_the_cursor_stays_on_its_row_through_everything(seed: int) -> None:
    chance = random.Random(seed)
    source = ListSource(fruits(range(60)))
    app = TableApp()
    async with app.run_test(size=(60, HEIGHT + 1)) as pilot:
        app.table.set_source(source)
        app.table.focus()
        await settle(pilot)
        for step in range(1, 16):
            await key(pilot, chance)
            row = app.table.cursor_id
            change(source, chance, step)
            await reload(pilot, app.table)
            still_there = any(known.id == row for known in source.rows)
            assert not still_there or app.table.cursor_id == row
            assert (app.table.cursor_id is None) == (not source.rows)
            assert shows_the_list(app, source)

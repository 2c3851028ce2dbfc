"""Where a table stands in its list: the rows in view and the cursor.

Pure arithmetic, so that every rule of movement can be read and tested without a screen:

* A movement brings the cursor into view with the least scrolling.
* Scrolling takes the cursor along at the edge of the view.
* When rows come or go, the cursor stays on its row and its row on its line of the screen.
* A table that is *pinned* (the user's last step led to the very first row) goes on showing the
  first rows: new ones appear above, and the cursor moves down with its row, at last out of sight.
  The next movement begins at the first row again.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """A view of ``height`` lines on ``total`` rows; rows are numbered from 0."""

    total: int = 0
    height: int = 0
    top: int = 0
    cursor: int = 0
    pinned: bool = True

    @property
    def lines(self) -> int:
        """The lines to reckon with: a view too low for a row is taken for one of one line."""
        return max(1, self.height)

    @property
    def cursor_in_view(self) -> bool:
        """Whether the cursor's row is on the screen."""
        return self.top <= self.cursor < self.top + self.lines

    def moved_by(self, rows: int) -> "Place":
        """Move the cursor; from out of sight the movement begins at the first line."""
        return self.moved_to((self.cursor if self.cursor_in_view else self.top) + rows)

    def moved_to(self, index: int) -> "Place":
        """Put the cursor on a row, or on the nearest there is."""
        cursor = max(0, min(index, self.total - 1))
        top = max(cursor - self.lines + 1, min(self.top, cursor))
        return replace(self, cursor=cursor, top=max(0, top), pinned=cursor == 0)

    def scrolled_to(self, top: int) -> "Place":
        """Put a row on the first line; the cursor comes along."""
        top = max(0, min(top, self.total - self.lines))
        cursor = max(top, min(self.cursor, top + self.lines - 1, self.total - 1))
        pinned = top == 0 and (self.pinned or cursor == 0)
        if pinned and self.pinned:
            cursor = self.cursor
        return replace(self, top=top, cursor=max(0, cursor), pinned=pinned)

    def resized(self, height: int) -> "Place":
        """Change the number of lines; the cursor stays in view if it was."""
        grown = replace(self, height=max(0, height))
        kept = grown if self.pinned or not self.cursor_in_view else grown.moved_to(self.cursor)
        top = max(0, min(kept.top, kept.total - kept.lines))
        return replace(kept, top=top, pinned=self.pinned)

    def carried(self, cursor: int, total: int) -> "Place":
        """Follow the cursor's row to where it is now, in a list that has ``total`` rows now."""
        cursor = max(0, min(cursor, total - 1))
        line = self.cursor - self.top
        top = 0 if self.pinned else cursor - max(0, min(line, self.lines - 1))
        top = max(0, min(top, total - self.lines))
        return replace(self, total=total, cursor=cursor, top=top)

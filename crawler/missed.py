"""What a capture could not have: somebody named each address, so each is named again, with its reason."""

from __future__ import annotations

from attrs import define, field

_MOST_NAMED = 10


@define
class Missed:
    """The first addresses that could not be had, and how many they were."""

    total: int = 0
    _lines: list[str] = field(factory=list)

    def add(self, url: str, why: str | None) -> None:
        """Note one."""
        self.total += 1
        if len(self._lines) < _MOST_NAMED:
            self._lines.append(f"{url}: {why}" if why else url)

    def words(self, asked: int) -> str:
        """Return them as lines, of so many that were asked for."""
        if max(asked, self.total) == 1:
            return self._lines[0]
        more = self.total - len(self._lines)
        lines = [
            f"{self.total} of {max(asked, self.total)} addresses could not be had:",
            *self._lines,
            *([f"and {more} more; they stand in the archive, each with its reason"] if more else []),
        ]
        return "\n  ".join(lines)

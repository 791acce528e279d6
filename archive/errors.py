"""What can go wrong, and the exit code that a shell sees.

    HemerotecaError                1   failed
    ├─ UsageError                  2   what was asked for cannot be: unknown site, bad date, bad query
    │  ├─ SettingsError            2   hemeroteca.toml or a HEMEROTECA_* variable
    │  ├─ ProfileError             2   a site profile; one line a mistake, each with its path
    │  └─ QueryError               2   a search that does not parse
    ├─ NothingFoundError           4   no such article, capture, version or collection
    ├─ IntegrityError              5   the archive contradicts itself
    │  ├─ TornRecordError          5   a WARC record that ends too early or cannot be read
    │  └─ DigestMismatchError      5   bytes that are not the bytes that were stored
    ├─ LockedError                 6   another run holds the collection or the site
    ├─ WarcWriteError              1   the archive cannot be written: stops a crawl, always
    ├─ FrontierError               1   frontier.db cannot be opened, read or written: stops a crawl too
    ├─ ScheduleError               1   schedule.db cannot be opened, read or written
    ├─ BrowserError                1   pages are to be rendered, and there is no browser that can
    ├─ MachineError                1   no room for a temporary file: nothing is wrong with the page
    └─ IndexStoreError             1   the index cannot be opened, read or written
       ├─ SchemaTooNewError        1   written by a later hemeroteca
       ├─ IndexDamagedError        5   no SQLite database, or a damaged one
       └─ IndexLockedError         6   another process writes to it, and does not end

Page content never raises: what is wrong with a page is an `Issue` of its `Extraction`.
"""

from __future__ import annotations


class HemerotecaError(Exception):
    """The root. `str(error)` is one clear line: what, where, what to do."""

    exit_code = 1


class UsageError(HemerotecaError):
    """What the user asked for cannot be done as asked."""

    exit_code = 2


class SettingsError(UsageError):
    """hemeroteca.toml or an environment variable is wrong."""


class ProfileError(UsageError):
    """A site profile is wrong. `mistakes` holds one line each, with file and path inside it."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep every mistake: an archivist wants them all at once."""
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class QueryError(UsageError):
    """A search query that does not parse; the message points at the place."""


class NothingFoundError(HemerotecaError):
    """Nothing answers to that id, URL or query."""

    exit_code = 4


class IntegrityError(HemerotecaError):
    """The archive contradicts itself."""

    exit_code = 5


class TornRecordError(IntegrityError):
    """A WARC record that cannot be read to its end."""


class DigestMismatchError(IntegrityError):
    """Stored bytes do not have the digest that was recorded for them."""


class LockedError(HemerotecaError):
    """Another run holds what this one needs."""

    exit_code = 6


class WarcWriteError(HemerotecaError):
    """The WARC cannot be written (full disk, no permission): evidence is at risk, the crawl stops."""


class MachineError(HemerotecaError):
    """This machine cannot do the work now. It would be wrong to record that as a fault of a page."""


class BrowserError(HemerotecaError):
    """A profile asks for rendering, and no browser can be started: the message says what to install."""


class FrontierError(HemerotecaError):
    """frontier.db, the queue of a crawl, cannot be opened, read or written."""


class ScheduleError(HemerotecaError):
    """schedule.db, the journal of scheduled runs, cannot be opened, read or written."""


class IndexStoreError(HemerotecaError):
    """index.db cannot be opened, read or written."""


class SchemaTooNewError(IndexStoreError):
    """index.db was written by a later version of hemeroteca."""


class IndexDamagedError(IndexStoreError):
    """index.db is no SQLite database, or a damaged one. The WARC files hold all that it is made of."""

    exit_code = 5


class IndexLockedError(IndexStoreError):
    """Another process held index.db for longer than we wait."""

    exit_code = 6

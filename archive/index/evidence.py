"""What stands behind a version's fields: the reading that gave them, and the capture that was read."""

from __future__ import annotations

from archive.errors import NothingFoundError
from archive.index.catalogue import Catalogue
from archive.index.results import ArticleRow, CaptureRow, ExtractionRow


def reading_of(search: Catalogue, article: ArticleRow, number: int | None = None) -> ExtractionRow | None:
    """Return the extraction that gave a version's fields."""
    if number is None or number == article.version:
        return search.extraction(article.extraction_id)
    return search.extraction(search.version(article, number).source_id)


def capture_of(search: Catalogue, reading: ExtractionRow | None) -> CaptureRow | None:
    """Return the capture whose bytes an extraction was read from; None where its record is in no file."""
    if reading is None:
        return None
    try:
        return search.capture(reading.capture_record_id)
    except NothingFoundError:
        return None

"""`python -m tests.hostile`: the table of routes, schemes and directions: exact or not."""

import sys
import tempfile
from pathlib import Path

from tests.hostile.exact import survey
from tests.hostile.server import make_certificate

with tempfile.TemporaryDirectory() as folder:
    rows, outcome = survey(make_certificate(Path(folder) / "server.pem"))
for row in sorted(rows, key=lambda row: (row.route, row.via, row.scheme)):
    print(row)
wrong = [row for row in rows if not (row.request and row.response)]
routes = {row.route for row in rows}
exact = routes - {row.route for row in wrong}
print(f"{len(exact)} of {len(routes)} routes exact; {len(rows) - len(wrong)} of {len(rows)} exchanges exact")
sys.exit(bool(wrong))

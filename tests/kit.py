"""Where the evaluation material stands, if this machine has it. It is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("HEMEROTECA_KIT", Path(__file__).resolve().parents[2] / "shared"))

needs_shared = pytest.mark.skipif(
    not (SHARED / "seed" / "replica").is_dir(),
    reason="the evaluation kit (seed replica, real pages) is not on this machine; set HEMEROTECA_KIT to its folder",
)

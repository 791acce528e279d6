"""`python -m hemeroteca`."""

from __future__ import annotations

from hemeroteca.cli import main

if __name__ == "__main__":
    main()

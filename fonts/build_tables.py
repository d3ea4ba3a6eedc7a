"""Measure the bundled faces and write fonts/tables/*.npz; run after a font or the tables' version changes.

python fonts/build_tables.py
"""

from __future__ import annotations

from pathlib import Path

from synthgen.assets import manifest
from synthgen.typeset.tables import keep_tables, measure


def main() -> None:
    """Write the tables of every face in fonts/manifest.toml, and remove tables of others."""
    folder = Path(__file__).resolve().parent / "tables"
    kept = {keep_tables(measure(asset.path.read_bytes()), folder, asset.sha256) for asset in manifest("fonts")}
    for path in folder.glob("*.npz"):
        if path not in kept:
            path.unlink()
    print(f"{len(kept)} faces, {sum(path.stat().st_size for path in kept):,} bytes")


if __name__ == "__main__":
    main()

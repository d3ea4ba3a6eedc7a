"""What is in a dataset: counts, one page with its words and characters, one word picture with its label.

    python examples/read_dataset.py dataset-demo
"""

from __future__ import annotations

import sys
from pathlib import Path

from synthgen import open_dataset
from synthgen.formats.pictures import decode


def main(folder: Path) -> None:
    """Print a little of every part."""
    dataset = open_dataset(folder)
    for name, counts in dataset.splits.items():
        print(f"{name}: {counts['scenes']} pages, {counts['words']} words")

    split = next(iter(dataset.splits))
    if dataset.splits[split]["scenes"]:
        page = next(dataset.records(split))
        image = decode((folder / page.file_name).read_bytes())
        print(f"{page.file_name}: {image.shape}, {len(page.words)} words, {len(page.characters)} characters")
        print(f"   {page.characters.text[0]} ink corners, px: {page.characters.ink[0].round(1).tolist()}")

    if dataset.splits[split]["words"]:
        with dataset.words(split) as words:
            data, text = words[0]
            print(f"word 0 of {len(words)}: {text!r}, {decode(data).shape}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dataset-demo"))

"""What every test runs under: one thread in OpenCV, the same hypothesis examples everywhere, honest skips."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache

import cv2
import pytest
from hypothesis import settings

cv2.setNumThreads(1)
# The same examples in every run: a red suite stays red until its cause is mended. Shared machines are slow at times.
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")


@lru_cache(maxsize=1)
def _tesseract_reads_korean() -> bool:
    program = shutil.which("tesseract")
    if program is None:
        return False
    listing = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return "kor" in (listing.stdout + listing.stderr).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("tesseract") and not _tesseract_reads_korean():
            item.add_marker(pytest.mark.skip(reason="needs Debian's tesseract-ocr and tesseract-ocr-kor"))

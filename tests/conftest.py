"""What every test runs under: one thread in OpenCV, the same hypothesis examples everywhere, honest skips."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import types
from functools import lru_cache

import cv2
import pytest
from hypothesis import settings

from synthgen.run import durable

cv2.setNumThreads(1)
# Faces, corpora and generators stay in memory from test to test; walking them again and again took a fifth of the time.
gc.set_threshold(20_000, 20, 100)
# The same examples in every run: a red suite stays red until its cause is mended. Shared machines are slow at times.
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")


@pytest.fixture
def unsynced(monkeypatch):
    """Flush nothing to the disk: for tests that make hundreds of datasets, and in which no power is cut."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setattr(durable, "_libc", types.SimpleNamespace(syncfs=lambda handle: 0))


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

"""Tiny readers written from the published formats alone, as the programs that train on them read.

Nothing of synthgen is imported here.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import cv2
import lmdb
import numpy as np
from scipy import io


def dtrb_records(root: Path, characters: str) -> list[tuple[np.ndarray, str]]:
    """deep-text-recognition-benchmark: every leaf folder is opened; labels are filtered; keys count from 1."""
    found = []
    for folder in sorted(path for path in [root, *root.rglob("*")] if path.is_dir()):
        if any(one.is_dir() for one in folder.iterdir()):
            continue
        assert [one.name for one in folder.iterdir()] == ["data.mdb"], "nothing else may lie in a leaf"
        environment = lmdb.open(str(folder), max_readers=32, readonly=True, lock=False, readahead=False, meminit=False)
        with environment.begin(write=False) as transaction:
            for index in range(1, int(transaction.get(b"num-samples")) + 1):
                label = transaction.get(b"label-%09d" % index).decode("utf-8")
                assert label
                if re.search(f"[^{re.escape(characters)}]", label):
                    continue
                data = np.frombuffer(transaction.get(b"image-%09d" % index), np.uint8)
                image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
                assert image is not None
                found.append((image, label))
        environment.close()
    return found


def easyocr_pages(folder: Path) -> list[tuple[str, np.ndarray, list[np.ndarray], list[str]]]:
    """EasyOCR's CRAFT trainer: (name, picture, per word (n, 4, 2) character boxes, words) of every page of gt.mat."""
    truth = io.loadmat(folder / "gt.mat")
    names, boxes, texts = truth["imnames"][0], truth["charBB"][0], truth["txt"][0]
    pages = []
    for index in range(len(names)):
        image = cv2.imread(str(folder / names[index][0]), cv2.IMREAD_COLOR)
        assert image is not None, names[index][0]
        all_boxes = boxes[index].transpose((2, 1, 0))
        split = [re.split(" \n|\n |\n| ", text.strip()) for text in texts[index]]
        words = [word for word in itertools.chain(*split) if len(word) > 0]
        word_boxes, at = [], 0
        for word in words:
            one = all_boxes[at : at + len(word)]
            assert len(one) == len(word)
            word_boxes.append(one)
            at += len(word)
        assert at == len(all_boxes)
        height, width = image.shape[:2]
        for one in all_boxes:
            centre = one.mean(axis=0)
            enlarged = centre + 1.5 * (one - centre)
            assert enlarged.min() >= 0 and (enlarged <= [width, height]).all(), "would be dropped silently"
            assert np.linalg.norm(one[1] - one[0]) > 1 and np.linalg.norm(one[2] - one[1]) > 1, "strange box"
        pages.append((str(names[index][0]), image, word_boxes, words))
    return pages


def affinity_quads(boxes: np.ndarray) -> np.ndarray:
    """CRAFT, figure 3: between neighbours, the quad of the centres of each box's upper and lower triangle.

    (n, 4, 2) boxes -> (n - 1, 4, 2). Triangles lie on the first edge (corners 0, 1) and on the third.
    """
    centre = boxes.mean(axis=1)
    upper = (boxes[:, 0] + boxes[:, 1] + centre) / 3
    lower = (boxes[:, 2] + boxes[:, 3] + centre) / 3
    return np.stack([upper[:-1], upper[1:], lower[1:], lower[:-1]], axis=1)

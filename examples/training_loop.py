"""Pages made while training, without a dataset on disk: batches of pictures with the heat map of character centres.

    python examples/training_loop.py

Put a model where ``learn`` is. A sample depends on its index alone: each worker takes its own indices, and no two ever
see the same page or the same noise; a run that stopped at step k goes on there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from synthgen import Generator, Scene

BATCH, WORKERS, STEPS = 4, 2, 3
HEAT_SCALE = 0.5  # CRAFT's maps have half the picture's size


def scenes_of_worker(worker: int, workers: int, start: int = 0) -> Iterator[Scene]:
    """Yield the scenes start + worker, start + worker + workers, ... without end."""
    pages = Generator("newspaper", lang="ko", seed=0)
    index = start + worker
    while True:
        sample = pages.sample(index, crops=False)
        if sample.scene is not None:  # the recipe's rules rejected every attempt at this index; rare
            yield sample.scene
        index += workers


def centre_map(scene: Scene) -> np.ndarray:
    """Return float32 (H/2, W/2): a Gaussian at the middle of each character, as wide as its cell."""
    width, height = scene.size
    x = (np.arange(int(width * HEAT_SCALE)) + 0.5) / HEAT_SCALE
    y = (np.arange(int(height * HEAT_SCALE)) + 0.5) / HEAT_SCALE
    heat = np.zeros((len(y), len(x)), np.float32)
    for quad in scene.characters.cell:
        (u, v), sigma = quad.mean(axis=0), np.linalg.norm(quad[1] - quad[0]) / 4
        row, column = np.exp(-((x - u) ** 2) / (2 * sigma**2)), np.exp(-((y - v) ** 2) / (2 * sigma**2))
        np.maximum(heat, np.outer(column, row), out=heat)
    return heat


def learn(images: np.ndarray, heat: np.ndarray) -> float:
    """Stand in for a model's step."""
    return float(np.mean((images / 255 - heat.mean()) ** 2))


def main() -> None:
    """Run a few steps; a data loader would give each worker process one of the iterators."""
    workers = [scenes_of_worker(worker, WORKERS) for worker in range(WORKERS)]
    for step in range(STEPS):
        batch = [next(workers[at % WORKERS]) for at in range(BATCH)]
        images = np.stack([scene.image for scene in batch])
        heat = np.stack([centre_map(scene) for scene in batch])
        print(f"step {step}: images {images.shape} {images.dtype}, heat {heat.shape}, loss {learn(images, heat):.4f}")
        print("   first line:", batch[0].lines.text[0])


if __name__ == "__main__":
    main()

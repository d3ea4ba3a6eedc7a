"""Walls and panels seen close: bricks, planks and tiles as periodic pictures of tones, made once per process.

A tone is no colour: a table gives each its own, so one picture serves every wall there is. Joints have the tones below
:data:`JOINT_TONES`, and what lies between them the rest, from what is dark there to what is light.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.geometry import Picture
from synthgen.press.bank import BANK_MEAN, BANK_SD, BANK_SIDE_PX, bank, filtered
from synthgen.randomness import Stream

Real = npt.NDArray[np.float32]

JOINT_TONES = 64
_LOWEST_TONE = 84
_COURSES, _BRICKS = 24, 9
_PLANKS, _TILES = 6, 8


def _noise(name: str, turn: int = 0) -> Real:
    """Return a bank as deviations of standard deviation 1, turned by quarters."""
    field = (bank(name).astype(np.float32) - BANK_MEAN) / BANK_SD
    return np.ascontiguousarray(np.rot90(field, turn))


def _smooth(field: Real, across: float, down: float) -> Real:
    """Return a periodic field blurred by Gaussians of these sigmas, its standard deviation 1 again."""
    return filtered(field, lambda fx, fy: np.exp(-2 * np.pi**2 * ((fx * across) ** 2 + (fy * down) ** 2)))


def _toned(inside: Real, face: Real, joint: Real) -> Picture:
    """Return tones: ``face`` (mean 0, sd 1) where ``inside`` is 1, ``joint`` where it is 0, blended between."""
    faces = np.clip(170 + 30 * face, _LOWEST_TONE, 255)
    joints = np.clip(34 + 12 * joint, 0, JOINT_TONES)
    picture: Picture = np.rint(joints + (faces - joints) * inside).astype(np.uint8)
    picture.flags.writeable = False
    return picture


def _bricks(stream: Stream) -> Picture:
    side = BANK_SIDE_PX
    course, long = side / _COURSES, side / _BRICKS
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) + np.float32(0.5)
    # No two bricks are quite straight.
    x += _smooth(_noise("noise"), 5, 5) * 0.9
    y += _smooth(_noise("noise", 1), 7, 4) * 0.9
    row = np.floor(y / course).astype(np.int64) % _COURSES
    shifted = x / long + 0.5 * (row % 2)
    column = np.floor(shifted).astype(np.int64) % _BRICKS
    shade = stream.generator.normal(0, 0.75, (_COURSES, _BRICKS)).astype(np.float32)
    shade -= 1.6 * (stream.generator.random((_COURSES, _BRICKS)) < 0.08)
    left, top = (shifted % 1.0) * long, (y / course % 1.0) * course
    right, bottom = long - left, course - top
    joint = 3.0
    deep = np.minimum(np.minimum(left, right), np.minimum(top, bottom)) - joint
    inside = np.clip(deep / 1.3, 0, 1)
    # Light from above: a bright upper edge, a dark lower one, and the joint below in the brick's shadow.
    edge = np.exp(-np.maximum(top - joint, 0) / 1.4) - 1.3 * np.exp(-np.maximum(bottom - joint, 0) / 1.6)
    pits = np.minimum(_smooth(_noise("noise", 2), 1.3, 1.1) + 1.2, 0)
    face = shade[row, column] + 0.5 * _noise("mottle") + 0.2 * _noise("grain", 1) + 0.6 * edge + 0.8 * pits
    mortar = _noise("grain") - 2.2 * np.clip(1 - (top + joint) / 4, 0, 1)
    return _toned(inside.astype(np.float32), face.astype(np.float32), mortar.astype(np.float32))


def _planks(stream: Stream) -> Picture:
    side = BANK_SIDE_PX
    wide = side / _PLANKS
    y = np.mgrid[0:side, 0:side][0].astype(np.float32) + np.float32(0.5)
    plank = np.floor(y / wide).astype(np.int64)
    within = y % wide
    # Every plank was cut elsewhere: its grain is shifted along, and bent by its own rings.
    shift = stream.generator.integers(0, side, _PLANKS)
    long_waves, fine = _smooth(_noise("noise"), 120, 5), _smooth(_noise("noise", 1), 45, 0.8)
    pores = _smooth(_noise("noise", 2), 14, 0.6)
    places = (np.arange(side)[None, :] + shift[plank[:, 0]][:, None]) % side
    rows = np.arange(side)[:, None]
    bent, fine, pores = long_waves[rows, places], fine[rows, places], pores[rows, places]
    middle = stream.generator.uniform(-0.3, 1.3, _PLANKS).astype(np.float32)[plank] * wide
    rings = np.sin(2 * np.pi * (np.abs(within - middle) / 13 + 0.55 * bent))
    shade = stream.generator.normal(0, 0.5, _PLANKS).astype(np.float32)
    face = shade[plank] + 0.4 * rings + 0.5 * fine + 0.3 * bent - 0.7 * np.maximum(pores - 1.2, 0)
    gap = np.minimum(within, wide - within)
    inside = np.clip((gap - 0.8) / 1.0, 0, 1)
    face += -1.2 * np.exp(-gap / 2.0)
    return _toned(inside, face.astype(np.float32), np.full((side, side), -1.5, np.float32))


def _tiles(stream: Stream) -> Picture:
    side = BANK_SIDE_PX
    pitch = side / _TILES
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) + np.float32(0.5)
    row, column = (y / pitch).astype(np.int64), (x / pitch).astype(np.int64)
    shade = stream.generator.normal(0, 0.28, (_TILES, _TILES)).astype(np.float32)
    lean = stream.generator.normal(0, 0.5, (2, _TILES, _TILES)).astype(np.float32)
    u, v = (x / pitch) % 1.0 - 0.5, (y / pitch) % 1.0 - 0.5
    near = (0.5 - np.maximum(np.abs(u), np.abs(v))) * pitch
    inside = np.clip((near - 2.6) / 1.2, 0, 1)
    rim = np.exp(-np.maximum(near - 2.6, 0) / 2.2) * np.where(v + u < 0, 1.3, -1.3)
    face = shade[row, column] + lean[0][row, column] * u + lean[1][row, column] * v + 0.5 * rim
    face += 0.22 * _smooth(_noise("mottle"), 3, 3) + 0.4
    return _toned(inside.astype(np.float32), face.astype(np.float32), _noise("grain"))


_SURFACES: dict[str, Callable[[Stream], Picture]] = {"bricks": _bricks, "planks": _planks, "tiles": _tiles}


@cache
def surface(name: str, halvings: int = 0) -> Picture:
    """Return the tones of ``bricks``, ``planks`` or ``tiles``, uint8 (side, side), periodic and read-only.

    ``halvings`` is how often the side is halved, for surfaces that are seen from afar.
    """
    if not halvings:
        return _SURFACES[name](Stream(0, 0, f"surface:{name}"))
    larger = surface(name, halvings - 1)
    half = cv2.resize(larger, (larger.shape[1] // 2, larger.shape[0] // 2), interpolation=cv2.INTER_AREA)
    picture = np.asarray(half, dtype=np.uint8)
    picture.flags.writeable = False
    return picture

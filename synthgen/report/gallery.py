"""One HTML page with everything that can be made: presets, layouts, papers, inks and effects, with quads on a switch.

The page is a single file without a reference to anything outside it. Pictures are WebP at their own size, or reduced
where they are large; quads are drawn over them by the browser, from the labels. A picture that stands in many places,
such as the one before an effect, is stored once.
"""

from __future__ import annotations

import base64
import html
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from synthgen.errors import OutputError, SynthgenError, UsageError, did_you_mean
from synthgen.formats.pictures import encode
from synthgen.generator import Generator
from synthgen.recipe import presets
from synthgen.report.exhibits import Exhibit, Section, preset_section, recipe_of, sections, standards
from synthgen.scene import Scene

Float = npt.NDArray[np.float64]

LONGEST_PX = 1024
QUALITY = 66
# A recipe may reject a sample: the next one is shown instead, and says so.
TRIES, SEARCHED = 5, 40
_STYLE = "gallery.css"


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the page has it: a WebP of ``size`` (width, height), what lies over it, and how it is made.

    ``words`` and ``characters`` are SVG path data in the picture's px; ``command`` makes the sample again.
    """

    webp: bytes
    size: tuple[int, int]
    words: str
    characters: str
    command: str
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """The finished page, how many pictures it has, and what could not be shown and why."""

    text: str
    pictures: int
    left_out: tuple[str, ...]


def gallery(*, n: int, seed: int = 0, names: Sequence[str] = ()) -> Page:
    """Return the page with ``n`` samples of each preset; with ``names``, of these presets alone and nothing else.

    UsageError for a preset that does not exist.
    """
    known = presets()
    for name in names:
        if name not in known:
            raise UsageError(f"--presets {name!r}: no such preset.{did_you_mean(name, known)}")
    wanted = [preset_section(tuple(names) or tuple(known), n)]
    wanted += [] if names else list(sections())
    return page_of(wanted, seed)


def page_of(wanted: Sequence[Section], seed: int) -> Page:
    """Return the page of these sections, every sample made with this seed."""
    uses = Counter(_key(one) for section in wanted for row in section.rows for one in row.exhibits)
    shown: dict[str, Shown | str] = {}
    for section in wanted:
        for row in section.rows:
            for one in row.exhibits:
                if _key(one) not in shown:
                    shown[_key(one)] = show(one, seed)
    shared = {key: f"p{at}" for at, key in enumerate(key for key, count in uses.items() if count > 1)}
    missing = [f"{row.name}: {row.missing}" for section in wanted for row in section.rows if row.missing]
    missing += [f"{key}: {found}" for key, found in shown.items() if isinstance(found, str)]
    text = "\n".join(_page(wanted, shown, shared))
    return Page(text, sum(isinstance(found, Shown) for found in shown.values()), tuple(missing))


def write_page(path: Path, page: Page) -> int:
    """Write the page as a file and return its size in bytes; OutputError when it cannot be written."""
    data = page.text.encode()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); name another file.") from None
    return len(data)


def _key(exhibit: Exhibit) -> str:
    return shlex.join([exhibit.source, str(exhibit.index), *exhibit.settings()])


def show(exhibit: Exhibit, seed: int) -> Shown | str:
    """Return the exhibit's picture, or the reason why there is none."""
    generator = Generator(recipe_of(exhibit), seed=seed)
    rejected = 0
    for index in range(exhibit.index, exhibit.index + SEARCHED):
        try:
            scene = generator[index]
        except SynthgenError as error:
            rejected += 1
            if rejected == TRIES:
                return str(error)
            continue
        if exhibit.needs and exhibit.needs not in scene.provenance["ink"].get("colours", {}):
            continue
        note = f"sample {index}, those before were rejected" if rejected else ""
        return _shown(scene, _command(exhibit, index, seed), note)
    return f"no sample from {exhibit.index} on is printed with the ink {exhibit.needs}"


def _command(exhibit: Exhibit, index: int, seed: int) -> str:
    source = f"{exhibit.source}.toml" if exhibit.source in standards() else exhibit.source
    settings = [part for setting in exhibit.settings() for part in ("--set", setting)]
    seeded = ["--seed", str(seed)] if seed else []
    return shlex.join(["synthgen", "show", source, str(index), *seeded, *settings, "--out", "sample.png"])


def _shown(scene: Scene, command: str, note: str) -> Shown:
    width, height = scene.size
    scale = min(LONGEST_PX / max(width, height), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    image = scene.image
    if size != scene.size:
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        note = f"{note}; " * bool(note) + f"reduced from {width}x{height} px"
    # As rounded, so that quads do not drift across a large picture.
    both = np.array([size[0] / width, size[1] / height])
    words = scene.words.outline or tuple(scene.words.quad)
    ignored = scene.words.ignored.tolist()
    kept = [polygon * both for polygon, skipped in zip(words, ignored, strict=True) if not skipped]
    return Shown(
        encode(image, "webp", QUALITY),
        size,
        path_data(kept),
        path_data([quad * both for quad in scene.characters.ink]),
        command,
        note,
    )


def path_data(polygons: Sequence[Float]) -> str:
    """Return SVG path data of closed polygons (K, 2), each to a tenth of a px and written relative to its first corner.

    >>> path_data([np.array([[1.0, 2.0], [4.0, 2.0], [4.0, 5.5]])])
    'M1 2l3 0l0 3.5z'
    """
    parts = []
    for polygon in polygons:
        tenths = np.rint(polygon * 10).astype(np.int64)
        steps = np.diff(tenths, axis=0, prepend=np.zeros((1, 2), np.int64)).tolist()
        corners = [f"{x / 10:g} {y / 10:g}" for x, y in steps]
        parts.append("M" + "l".join(corners) + "z")
    return "".join(parts)


def _page(wanted: Sequence[Section], shown: dict[str, Shown | str], shared: dict[str, str]) -> Iterator[str]:
    """Yield the page's parts."""
    style = files("synthgen.report").joinpath(_STYLE).read_text(encoding="utf-8")
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>synthgen: gallery</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>\n{style}"
    for key, name in shared.items():
        found = shown[key]
        if isinstance(found, Shown):
            yield f".{name}{{background-image:url({_uri(found)})}}"
    yield "</style></head><body>"
    # Before everything that they switch: the style needs no script for it.
    yield '<input type="checkbox" id="quads-words"><input type="checkbox" id="quads-characters">'
    yield '<input type="checkbox" id="full">'
    yield '<header><h1>synthgen: gallery</h1><p class="switches"><label for="quads-words">words</label> '
    yield '<label for="quads-characters">characters</label> <label for="full">full size</label></p><nav>'
    yield " ".join(f'<a href="#s{at}">{html.escape(section.title)}</a>' for at, section in enumerate(wanted))
    yield "</nav></header><main>"
    yield "<p>The switches above draw the quads of words and of characters' ink, and show pictures pixel by pixel. "
    yield "Touch a picture's caption for the command that makes it again.</p>"
    if any(one.source in standards() for section in wanted for row in section.rows for one in row.exhibits):
        yield "<p>Effects are shown on these two recipes; save them under their names to run the commands.</p>"
        for name, recipe in standards().items():
            yield f"<details><summary>{name}.toml</summary><pre>{html.escape(recipe.to_toml())}</pre></details>"
    for at, section in enumerate(wanted):
        yield f'<section id="s{at}"><h2>{html.escape(section.title)}</h2><p>{html.escape(section.about)}</p>'
        for row in section.rows:
            yield f"<article><h3>{html.escape(row.name)}</h3><p>{html.escape(row.about)}</p>"
            yield '<div class="row">' if row.exhibits else f"<p>Not shown: {html.escape(row.missing)}</p><div>"
            for one in row.exhibits:
                yield _figure(one, shown[_key(one)], shared.get(_key(one), ""))
            yield "</div></article>"
        yield "</section>"
    yield "</main></body></html>\n"


def _figure(exhibit: Exhibit, found: Shown | str, shared: str) -> str:
    label = html.escape(exhibit.label)
    if isinstance(found, str):
        return f"<figure><p>{label}: {html.escape(found)}</p></figure>"
    width, height = found.size
    if shared:
        picture = f'<div class="picture {shared}" role="img" aria-label="{label}"></div>'
    else:
        picture = (
            f'<img class="picture" loading="lazy" width="{width}" height="{height}" alt="{label}" src="{_uri(found)}">'
        )
    note = f" <small>({html.escape(found.note)})</small>" if found.note else ""
    return (
        f'<figure style="--width:{width}px"><div class="frame" style="aspect-ratio:{width}/{height}">{picture}'
        f'<svg viewBox="0 0 {width} {height}" aria-hidden="true"><path class="characters" d="{found.characters}"/>'
        f'<path class="words" d="{found.words}"/></svg></div><figcaption><details><summary>{label}{note}</summary>'
        f"<code>{html.escape(found.command)}</code></details></figcaption></figure>"
    )


def _uri(found: Shown) -> str:
    return "data:image/webp;base64," + base64.b64encode(found.webp).decode()

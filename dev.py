"""Sets up, renders, tests and packs synthgen, with nothing but Python 3.11 or newer: ``python3 dev.py demo``.

    demo              render a first dataset into dataset-demo/ and draw some of it into dataset-demo.png
    test [ARGUMENTS]  lint, check types and run the tests; arguments go to pytest
    wheel             build dist/*.whl and try it in an empty environment elsewhere

Each works in .venv/, which is made when it is missing and brought up to date when pyproject.toml has changed. Only the
standard library is used, and nothing is installed outside .venv/.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "synthgen.stamp"
BIN = "Scripts" if os.name == "nt" else "bin"
DEMO_PAGES = 300
# Tests run side by side; more processes than this would only wait for one another.
PROCESSES = min(os.cpu_count() or 1, 4)
# pip older than this cannot install into another environment than its own.
PIP_WITH_PYTHON_OPTION = (22, 3)


def main(arguments: list[str]) -> int:
    """Run one of the commands; return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be told, not crash
        sys.exit(f"dev.py: Python {sys.version.split()[0]}: synthgen needs 3.11 or newer; run it as python3.11 dev.py.")
    commands = {"demo": demo, "test": test, "wheel": wheel}
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    if arguments[0] != "test" and len(arguments) > 1:
        sys.exit(f"dev.py: {arguments[0]} takes no arguments; for other data use {VENV.name}/{BIN}/synthgen render.")
    try:
        return commands[arguments[0]](arguments[1:])
    except subprocess.CalledProcessError as error:
        shown = " ".join(str(part) for part in error.cmd)
        print(f"dev.py: failed with exit code {error.returncode}: {shown}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 3


def demo(_: list[str]) -> int:
    """Render a few hundred newspaper pages and their words, then draw some with their quads."""
    environment("")
    synthgen = program(VENV, "synthgen")
    out, sheet = ROOT / "dataset-demo", ROOT / "dataset-demo.png"
    run(
        synthgen, "render", "--n", str(DEMO_PAGES), "--lang", "ko", "--recipe", "newspaper", "--out", out, "--overwrite"
    )
    run(synthgen, "preview", out, "--out", sheet, "--n", "4", "--quads")
    print(f"Pages and words: {out}\nSome of them with their quads: {sheet}")
    print(f"More: {VENV.name}/{BIN}/synthgen render --n 1e6 --lang ko")
    return 0


def test(arguments: list[str]) -> int:
    """Lint, check types and run the tests, all of them even when an earlier one fails; arguments go to pytest."""
    environment("dev")
    python = program(VENV, "python")
    checks: dict[str, list[str | Path]] = {
        "ruff": [python, "-m", "ruff", "check", "--quiet", "."],
        "pytest": [python, "-m", "pytest", f"--numprocesses={PROCESSES}", "--dist=worksteal", *arguments],
    }
    # Types are checked beside the tests, which wait now and then; what is found is told after them.
    types = subprocess.Popen(
        [python, "-m", "mypy", "--no-error-summary"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    failed = []
    for name, command in checks.items():
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    found, _ = types.communicate()
    print(f"== mypy\n{found.decode(errors='replace')}", end="", flush=True)
    if types.returncode:
        failed.append("mypy")
    if failed:
        print(f"dev.py: {' and '.join(failed)} failed.", file=sys.stderr)
    return 1 if failed else 0


def wheel(_: list[str]) -> int:
    """Build the wheel into dist/ and use it in an empty environment, far from the checkout."""
    environment("dev")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    run(program(VENV, "python"), "-m", "hatchling", "build", "-t", "wheel", "-d", ROOT / "dist", quiet=True)
    (built,) = (ROOT / "dist").glob("*.whl")
    check_contents(built)
    with tempfile.TemporaryDirectory(prefix="synthgen-wheel-") as folder:
        elsewhere = Path(folder)
        new_environment(elsewhere / "env")
        install(elsewhere / "env", str(built))
        synthgen = program(elsewhere / "env", "synthgen")
        work = elsewhere / "work"
        work.mkdir()
        run(synthgen, "fonts", cwd=work, quiet=True)
        run(synthgen, "recipes", cwd=work, quiet=True)
        run(synthgen, "render", "--n", "20", "--out", work / "pages", cwd=work)
        run(synthgen, "render", "--n", "20", "--recipe", "word", "--out", work / "words", cwd=work)
        run(synthgen, "export", work / "pages", "--to", "synthtext", "--out", work / "export", cwd=work)
        for made in ("pages/manifest.json", "pages/words/train/data.mdb", "words/words/train/data.mdb"):
            if not (work / made).is_file():
                sys.exit(f"dev.py: {built.name}: rendering made no {made}; the wheel is not fit for use.")
    print(f"{built.relative_to(ROOT)}: {built.stat().st_size / 1e6:.1f} MB, works in an empty environment.")
    return 0


def check_contents(built: Path) -> None:
    """Exit unless the wheel holds every asset with the digest of its manifest, and every licence."""
    import tomllib  # new in 3.11: imported here, so that an older Python reaches the line that names it

    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        wanted = ["synthgen/py.typed", "synthgen/_assets/fonts/OFL.txt", "synthgen/_assets/backgrounds/LICENSE"]
        for kind in ("fonts", "backgrounds", "corpora"):
            folder = f"synthgen/_assets/{kind}"
            table = tomllib.loads(archive.read(f"{folder}/manifest.toml").decode())
            for row in table["asset"]:
                name = f"{folder}/{row['file']}"
                # An entry may be a folder; its digest is checked by the tests of the checkout.
                inside = [one for one in names if one.startswith(f"{name}/")]
                wanted += inside or [name]
                if name in names and hashlib.sha256(archive.read(name)).hexdigest() != row["sha256"]:
                    sys.exit(f"dev.py: {name}: is not the file its manifest names; restore it or correct the manifest.")
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        wanted.append("*.dist-info/licenses/LICENSE")
    missing = [name for name in wanted if name not in names]
    if missing:
        sys.exit(f"dev.py: {built.name}: lacks {', '.join(missing[:5])}; see [tool.hatch.build] in pyproject.toml.")


def environment(extra: str) -> None:
    """Make .venv/ ready: the project, editable, with the packages of an extra; quick when nothing has changed."""
    digest = hashlib.sha256(b"\0".join([(ROOT / "pyproject.toml").read_bytes(), os.fsencode(ROOT)])).hexdigest()
    stamp = STAMP.read_text().split() if STAMP.is_file() else []
    works = program(VENV, "python").exists()  # false as well when its interpreter has been removed
    if works and stamp[:1] == [digest] and (not extra or extra in stamp):
        return
    if not works or not stamp:
        print(f"Setting up {VENV.name}/ (once) ...", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        new_environment(VENV)
    print("Installing synthgen and what it needs ...", flush=True)
    extras = sorted({*stamp[1:], *([extra] if extra else [])})
    install(VENV, "--editable", f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT))
    # Written last: an interrupted set-up is done again.
    STAMP.write_text(" ".join([digest, *extras]))


def new_environment(folder: Path) -> None:
    """Make an empty environment, with a pip of its own where Python brings one along."""
    own_pip = importlib.util.find_spec("ensurepip") is not None
    if not own_pip and not borrowed_pip():
        sys.exit(
            "dev.py: this Python has neither ensurepip nor pip 22.3 or newer; install them: apt install python3-venv"
        )
    run(sys.executable, "-m", "venv", *([] if own_pip else ["--without-pip"]), folder)


def install(folder: Path, *what: str) -> None:
    """Install into an environment with its own pip, or with this Python's when it has none."""
    python = program(folder, "python")
    own = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    pip: list[str | Path] = [python, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", python]
    run(*pip, "install", "-qq", "--disable-pip-version-check", "--no-input", *what)


def borrowed_pip() -> bool:
    """Whether this Python's own pip can install into another environment."""
    asked = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    words = asked.stdout.split()
    if asked.returncode or len(words) < 2:
        return False
    version = tuple(int(part) for part in words[1].split(".")[:2] if part.isdigit())
    return version >= PIP_WITH_PYTHON_OPTION


def program(folder: Path, name: str) -> Path:
    """Return the path of an environment's program."""
    return folder / BIN / (f"{name}.exe" if os.name == "nt" else name)


def run(*command: str | Path, cwd: Path = ROOT, quiet: bool = False) -> None:
    """Run a command; CalledProcessError when it fails, its output shown when it was kept quiet."""
    # What the caller's shell says about Python must not leak into the environment that is being tried.
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=clean, check=False, capture_output=quiet)
    if done.returncode and quiet:
        sys.stderr.buffer.write(done.stdout + done.stderr)
    done.check_returncode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

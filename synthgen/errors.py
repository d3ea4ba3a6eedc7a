"""The errors a user can cause, each one line: the value, the rule, the remedy.

Everything raised on purpose derives from :class:`SynthgenError`; the command line prints its message
and exits with its ``exit_code``. Anything else that escapes is a defect and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SynthgenError(Exception):
    """Base of every error that has a remedy in the user's hands; ``exit_code`` is 1."""

    exit_code = 1


class UsageError(SynthgenError):
    """A value on the command line, in a recipe or in a call breaks a rule; ``exit_code`` is 2."""

    exit_code = 2


class RecipeError(UsageError):
    """A recipe has an unknown key, a value of the wrong type or one outside its range."""


class AssetError(SynthgenError):
    """A font, corpus or picture is missing, damaged or unusable."""


class TextError(SynthgenError):
    """A text holds something that cannot be set; the message names the code point."""


class OutputError(SynthgenError):
    """The output folder cannot be used, or the disk is full."""


class SampleError(SynthgenError):
    """One sample could not be made; the message names recipe, seed and index and how to make it again."""


class Interrupted(SynthgenError):  # noqa: N818 - what happened, not a fault
    """A run was stopped by Ctrl-C or SIGTERM; what is done is kept; ``exit_code`` is 3."""

    exit_code = 3


class FormatError(SynthgenError):
    """A dataset or one of its files is not what its format demands."""


class Rejected(Exception):  # noqa: N818 - a signal inside one sample, never seen by a user
    """A sample attempt that the rules throw away; it is retried with the next attempt's streams.

    ``reason`` is a short constant word; the run counts rejections by it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Return ``' Did you mean X?'`` for the closest known name, or the list of names when none is close.

    >>> did_you_mean("newspapr", ["newspaper", "word"])
    ' Did you mean newspaper?'
    """
    names = sorted(known)
    close = difflib.get_close_matches(value, names, n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known: {', '.join(names)}." if names else ""

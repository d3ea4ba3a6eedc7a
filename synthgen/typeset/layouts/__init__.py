"""The built-in layouts; importing this package registers them."""

from synthgen.typeset.layouts import newspaper, paragraph, single

__all__ = ["newspaper", "paragraph", "single"]

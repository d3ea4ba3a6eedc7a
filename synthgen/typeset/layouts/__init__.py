"""The built-in layouts, each imported when it is first asked for: see :mod:`synthgen.typeset.registry`."""

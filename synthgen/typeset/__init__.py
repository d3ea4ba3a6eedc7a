"""Where everything stands: faces, shaping, lines, columns and pages, in flat sheet space and without pixels."""

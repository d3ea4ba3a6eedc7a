"""What is to be set: corpora, fields and coverage text, written as a :class:`~synthgen.text.copy.Copy`."""

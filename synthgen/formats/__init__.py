"""Formats: every byte that leaves the generator, and beside each writer its reader."""

"""Runs: index ranges, workers, shards, assembly and resume; the result is a dataset folder with its manifest."""

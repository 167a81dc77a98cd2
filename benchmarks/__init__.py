"""Benchmarks: each a command, each against a peer or a limit in the same run, results as data."""

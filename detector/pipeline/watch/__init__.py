"""Watching many live cameras with one model, for months."""

"""One thing, once: observations become scored problems."""

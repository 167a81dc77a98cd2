"""Boxes, zones and distances on the ground: arithmetic that every room may use."""

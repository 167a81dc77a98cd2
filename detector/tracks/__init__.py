"""Tracks: where a moving source was, and when. One file per format, one `Track`."""

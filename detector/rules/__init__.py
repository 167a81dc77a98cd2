"""Rules: boxes and time in, findings out; no pictures, no files, no clock of their own."""

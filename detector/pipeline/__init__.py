"""The pipeline: composes the rooms into scan and replay; resuming, progress, outputs."""

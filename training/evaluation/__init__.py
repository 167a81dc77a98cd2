"""Measuring a model with the run-time detector: on any labelled pictures, with intervals."""

from __future__ import annotations

from training.evaluation.measure import Measurement, evaluate_collection, measure
from training.evaluation.result import Evaluation
from training.evaluation.task import Task

__all__ = ["Evaluation", "Measurement", "Task", "evaluate_collection", "measure"]

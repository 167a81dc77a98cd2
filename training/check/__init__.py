"""`streetwarden data check`: what is wrong with labelled pictures, before a model learns it."""

from training.check.run import CheckReport, check
from training.check.subject import of_folder, of_sources
from training.check.table import print_report

__all__ = ["CheckReport", "check", "of_folder", "of_sources", "print_report"]

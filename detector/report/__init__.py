"""The page that an inspector opens in the morning: one file, no network."""

from detector.report.data import PageData, SummaryView
from detector.report.writer import write_page

__all__ = ["PageData", "SummaryView", "write_page"]

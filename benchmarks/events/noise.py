"""How far a detector and a street are from the ideal: every constant of the generated scenes.

Rates and lengths are in seconds and minutes of the scene, never in pictures, so that a scene is
the same at any frame rate. Lengths are means of exponential distributions where nothing else is
said; shares are of the side of a box.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noise:
    """One level of noise. Rates named `_per_min` of a vehicle count while it is in view."""

    edge_jitter_share: float
    """Standard deviation of each edge, as a share of the box's width or height."""
    jitter_correlation_s: float
    """The jitter of two looks so far apart correlates by 1/e."""
    miss_bursts_per_min: float
    """Bursts in which a vehicle is not detected, per vehicle."""
    miss_burst_s: float
    flicker_share: float
    """Share of the time in which a vehicle is not detected for a moment, beside the bursts."""
    flicker_s: float
    id_switches_per_min: float
    """New track ids of one vehicle, per vehicle, in the ids that the scene itself gives."""
    double_share: float
    """Share of the time in which a vehicle is also seen as another kind (car and truck)."""
    double_s: float
    false_boxes_per_min: float
    """Boxes of nothing, in the whole picture."""
    false_box_s: float
    traffic_per_min: float
    """Vehicles that pass through the zone."""
    occluders_per_min: float
    """Lorries that pass in front of a standing vehicle, per standing vehicle."""
    occluder_s: float
    """How long such a lorry needs for its own length."""
    queues_per_min: float
    """Queues at a red light in the zone: 2 to 6 vehicles that stop for 15 to 60 s."""


LEVELS = {
    "none": Noise(
        edge_jitter_share=0.0,
        jitter_correlation_s=0.4,
        miss_bursts_per_min=0.0,
        miss_burst_s=1.0,
        flicker_share=0.0,
        flicker_s=0.1,
        id_switches_per_min=0.0,
        double_share=0.0,
        double_s=1.0,
        false_boxes_per_min=0.0,
        false_box_s=0.3,
        traffic_per_min=4.0,
        occluders_per_min=0.0,
        occluder_s=2.0,
        queues_per_min=0.0,
    ),
    "mild": Noise(
        edge_jitter_share=0.015,
        jitter_correlation_s=0.4,
        miss_bursts_per_min=1.0,
        miss_burst_s=1.0,
        flicker_share=0.03,
        flicker_s=0.1,
        id_switches_per_min=0.5,
        double_share=0.03,
        double_s=0.5,
        false_boxes_per_min=2.0,
        false_box_s=0.3,
        traffic_per_min=6.0,
        occluders_per_min=0.5,
        occluder_s=2.0,
        queues_per_min=0.2,
    ),
    "medium": Noise(
        edge_jitter_share=0.03,
        jitter_correlation_s=0.4,
        miss_bursts_per_min=2.0,
        miss_burst_s=2.0,
        flicker_share=0.08,
        flicker_s=0.15,
        id_switches_per_min=1.0,
        double_share=0.08,
        double_s=1.0,
        false_boxes_per_min=6.0,
        false_box_s=0.5,
        traffic_per_min=10.0,
        occluders_per_min=1.0,
        occluder_s=3.0,
        queues_per_min=0.4,
    ),
    "hard": Noise(
        edge_jitter_share=0.05,
        jitter_correlation_s=0.4,
        miss_bursts_per_min=3.0,
        miss_burst_s=3.0,
        flicker_share=0.15,
        flicker_s=0.2,
        id_switches_per_min=3.0,
        double_share=0.15,
        double_s=2.0,
        false_boxes_per_min=15.0,
        false_box_s=0.7,
        traffic_per_min=15.0,
        occluders_per_min=2.0,
        occluder_s=4.0,
        queues_per_min=0.6,
    ),
}

"""Events of fixed cameras: what the rules raise against what really stood there.

    python -m benchmarks.events.parking          real stays under generated noise, with two peers
    python -m benchmarks.events.queue            a queue at a light and a car at the kerb, recorded
    python -m benchmarks.events.negatives        videos in which nothing parks, by the command
    python -m benchmarks.events.traffic_camera   a real camera with the released model

Each keeps its figures with `--out benchmarks/results/events/NAME.json`. The peers' tracker is the
package `trackers`: `pip install --no-deps trackers==2.6.1`.
"""

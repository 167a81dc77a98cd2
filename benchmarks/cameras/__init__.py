"""How many cameras two plain cores hold, and where the time goes.

python -m benchmarks.cameras [--quick] [--out FILE]
python -m benchmarks.cameras.soak --cameras 16 --minutes 10
"""

"""Measurements as ratios taken in one run: ``python -m benchmarks``. Nothing here is a test."""

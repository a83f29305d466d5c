"""Benchmarks: each measurement stands beside its reference, taken in the same run."""

"""A seeded city that drives only the public API: callers, crews, a simulated colleague."""

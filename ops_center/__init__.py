"""Ñangareko's operations centre: edges, wiring and the kernel everything stands on."""

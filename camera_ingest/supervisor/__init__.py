"""The running worker: one task for each camera, none hurt by another's fault."""

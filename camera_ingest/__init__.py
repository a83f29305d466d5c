"""Camera streams: ingest, health, motion, evidence and live view."""

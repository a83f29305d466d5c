"""The console protocol: one ordered, resumable stream of entries and a lossy lane beside it."""

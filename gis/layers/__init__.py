"""The agencies' own layers: files read safely, versions published, compared and rolled back.

Nothing is imported here, so that the process that reads a file loads only what reads it.
"""

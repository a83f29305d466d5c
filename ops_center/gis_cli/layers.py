"""`./ops gis import-layer` and its sisters: the agencies' own layers."""

import typer


def add_commands(cli: typer.Typer) -> None:
    """Add the commands of layers to `./ops gis`."""

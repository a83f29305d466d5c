"""`./ops gis …`: the city, the agencies' layers and the gazetteer from the command line.

Each command imports what it runs: a process of the centre should not load all the others.
"""

import typer

from ops_center.gis_cli import gazetteer, importing, layers

cli = typer.Typer(no_args_is_help=True, help="The city, the layers of agencies, the gazetteer.")
importing.add_commands(cli)
layers.add_commands(cli)
cli.add_typer(gazetteer.cli, name="gazetteer")

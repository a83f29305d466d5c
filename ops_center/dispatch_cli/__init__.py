"""`./ops dispatch …`: another centre's records from the command line.

Each command imports what it runs: a process of the centre should not load all the others.
"""

import typer

from ops_center.dispatch_cli import records

cli = typer.Typer(no_args_is_help=True, help="Another centre's records, for the reports.")
records.add_commands(cli)

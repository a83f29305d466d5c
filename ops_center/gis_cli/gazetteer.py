"""`./ops gis gazetteer …`: local names of places, and reports of wrong ones."""

import typer

cli = typer.Typer(no_args_is_help=True, help="Local names of places; reports of wrong ones.")

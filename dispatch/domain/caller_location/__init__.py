"""Where a caller is, as handsets and networks say it: AML over HTTPS and SMS, and PIDF-LO."""

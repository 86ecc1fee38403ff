"""`python -m runner`: the command line without its script."""

from runner.cli.main import main

main()

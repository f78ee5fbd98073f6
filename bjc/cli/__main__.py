"""`python -m bjc.cli`: the same commands where no script is installed."""

from bjc.cli import main

main()

"""`python -m hvbot` is the same as `hvbot`."""

from hvbot.cli import main

main()

"""``python -m statusledger``: the same as the console script."""

from statusledger.app import main

main()

"""``python -m statusledger``: the same as the console script."""

from statusledger.entry import main

main()

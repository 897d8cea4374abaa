"""How much a test tries: a little every day, more in ``make soak``."""

import os

#: True in ``make soak``.
SOAK = bool(os.environ.get("STATUSLEDGER_SOAK"))
#: Examples of a property each of which publishes a world and measures it.
WORLDS = 100 if SOAK else 10

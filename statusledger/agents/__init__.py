"""Answer programs that ask on a person's behalf, over the Model Context Protocol."""

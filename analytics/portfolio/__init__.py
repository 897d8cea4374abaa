"""Second vendors: how much one would save, and whether two fail together."""

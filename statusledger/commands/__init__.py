"""A module for each group of commands; ``statusledger.app`` registers them.

A module imports at its top only what its options need. What a command works with is imported
inside it, so that ``--help`` and a run with nothing due load neither frames nor statistics.
"""

"""Component states and coverage: replay of transitions and observations."""

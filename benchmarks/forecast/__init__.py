"""Compare forecasts of durations: frozen tasks, a scorer, baselines, and a board."""

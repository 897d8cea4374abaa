"""A benchmark of forecasts: frozen tasks, a scorer, baselines, and a board."""

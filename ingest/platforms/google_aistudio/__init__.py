"""Google AI Studio: the rows behind its status page, by import only."""

"""Forecast how long open incidents last, and measure how good that was."""

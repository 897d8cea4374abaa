"""What is asked: the filter bar, pickers, and what a link asks in vain."""

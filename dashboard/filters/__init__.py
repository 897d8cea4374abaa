"""The question a page asks: the filter bar, pickers, and what a link asks in vain."""

"""Parts of pages that draw themselves: cards, tables with downloads, captions."""

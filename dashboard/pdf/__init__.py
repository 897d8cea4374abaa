"""The PDF: the brief with contracts and evidence, for readers and for reading aloud."""

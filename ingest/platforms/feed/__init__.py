"""Any RSS or Atom feed, where nothing better is to be had."""

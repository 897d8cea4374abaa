"""One rerun of a page: the snapshot it is pinned to, answers kept, health in words."""

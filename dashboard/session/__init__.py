"""One rerun of a page: the snapshot it is pinned to, and health in words."""

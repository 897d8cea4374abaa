"""OnlineOrNot: what its front page streams."""

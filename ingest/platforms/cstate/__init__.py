"""cState: a static site of posts, dated by their authors."""

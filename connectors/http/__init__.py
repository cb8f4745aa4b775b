"""A generic HTTP/JSON API as a source: asked as its map says, and never trusted."""

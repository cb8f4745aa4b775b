"""A log-in of the person at a provider of the company or a national eID: asked, checked, compared, forgotten."""

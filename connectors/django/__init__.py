"""A Django project with our small app `dsar_source` installed, as a source: asked by signed requests."""

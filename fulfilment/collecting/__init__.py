"""Finds a person's records in every source, keeps them sealed, and lets a reviewer look (Art. 15; R-21, R-44)."""

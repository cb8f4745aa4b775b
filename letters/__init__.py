"""Letters: a kind, its values and a language in; frozen text, HTML and PDF out. No tables, no clock, no database."""

"""An extract of a person's data as files: for people (PDF, README) and for machines (JSON, CSV, manifest). No case."""

"""Systems no program can reach: their owners are asked, reminded, and answer by a link."""

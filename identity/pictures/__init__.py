"""Pictures of documents: covered by the person, kept sealed for as long as somebody has to look, destroyed."""

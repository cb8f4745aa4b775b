"""What happens while nobody has shown who is asking: we ask, remind, tell, close, and open again."""

"""What a person receives: the answer to Art. 15 and 20, its bundle and its delivery."""

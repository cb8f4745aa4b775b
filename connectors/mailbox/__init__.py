"""A mailbox, searched over IMAP by a person's addresses, and never written to."""

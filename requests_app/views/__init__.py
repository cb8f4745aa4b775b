"""The public pages: a company, the form, the status of a case. All work without JavaScript."""

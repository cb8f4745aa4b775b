"""`make demo`: the whole portal on one machine, with nothing but what the locked packages bring."""

"""A source no machine can reach: its owner looks by hand, and uploads what there is."""

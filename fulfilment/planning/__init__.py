"""What happens to each record and why, frozen before anything is written: fates, plans, marks, work by hand."""

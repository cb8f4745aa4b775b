"""A Django project as a source of a data-subject-rights portal: what is listed is found and erased, nothing else."""

"""What can be inferred from a cleaned article without looking anywhere else."""

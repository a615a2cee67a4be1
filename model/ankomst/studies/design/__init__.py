"""What is run: draws of parameters, blocks of points, perturbations, and whose people are the same."""

"""What is read from a run: outcomes, costs by payer, targets, contrasts, and the row of a batch."""

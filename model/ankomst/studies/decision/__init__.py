"""What would flip an answer: discovery, robustness, thresholds, information, designs of grants."""

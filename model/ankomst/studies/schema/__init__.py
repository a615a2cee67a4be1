"""What experiment files may say, and how they are read."""

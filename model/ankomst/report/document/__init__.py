"""What documents are made of: texts, numbers, tables, stories, pages."""

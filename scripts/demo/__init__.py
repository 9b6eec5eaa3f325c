"""The synthetic district: who works there, what they hold, what they share. Made up, and marked 示例."""

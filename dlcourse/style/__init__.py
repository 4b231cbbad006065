"""Style: what a network sees in a picture, and how to paint one with what it sees."""

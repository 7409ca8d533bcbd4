"""Personal data in interviews: find what identifies people, replace it, keep the key, put it back."""

"""Files as people have them: what they are, and how to get what is in them without waiting for ever."""

"""The page that shows an own table before it is trained on: what was guessed, what is wrong, what is predicted."""

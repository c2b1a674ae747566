"""Tables as people have them: text files and workbooks, read into columns of numbers and words.

A file becomes a grid of texts (``reading``), and that becomes columns with a kind and gaps (``survey``). What was
guessed, and what is wrong, is said in remarks.
"""

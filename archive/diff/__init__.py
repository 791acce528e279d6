"""What an edit changed: two versions of an article, field by field, paragraph by paragraph, word by word.

Pure functions. `articles.compare` is the entrance; `passages` aligns paragraphs, `words` what stands inside
them, both over `alignment`, whose work is bounded whatever the texts are.
"""

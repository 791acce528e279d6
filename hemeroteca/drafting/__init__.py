"""A first profile of a newspaper, drafted from what it shows.

front page → lists → some articles        (survey: fetched politely, archived like everything else)
→ what lists and pages say of each field  (evidence)
→ rules where the generic extractor is not enough, proved on the articles    (places, proving, layouts)
→ the text of a profile                   (draft, toml)
"""

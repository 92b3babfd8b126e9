"""Search: folding, pinyin, tokens, order, and the one index of records."""

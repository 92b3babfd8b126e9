"""Files attached to records: kept in one store, reached through their record, told from what they only pretend to be."""

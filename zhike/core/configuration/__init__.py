"""What an administrator changes in the settings: the company, lists of options, modules, exchange rates, numbering."""

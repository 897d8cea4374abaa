"""Turn the words of people into a question: names of providers, periods, saved questions."""

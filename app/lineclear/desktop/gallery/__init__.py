"""Every page and state from sample sheets, for pictures and tests of the layout."""

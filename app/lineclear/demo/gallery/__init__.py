"""Every page and state as a picture, each really brought about on the sample workspace."""

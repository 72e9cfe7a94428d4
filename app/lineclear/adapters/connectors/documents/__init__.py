"""Records of a YAML or JSON document."""

"""What an action would change, as rows and words: fields, records, code, access. Free of Qt."""

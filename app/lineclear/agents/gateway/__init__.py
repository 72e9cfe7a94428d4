"""The MCP gateway: between an MCP client and its servers, it clears every call. Free of Qt and server.

`serving` is where it begins, `calls` what happens to one call.
"""

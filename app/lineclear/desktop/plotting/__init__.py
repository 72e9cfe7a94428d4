"""The arithmetic of timelines: lanes, mip-map, zoom and axis, with numpy. Free of Qt and of I/O."""

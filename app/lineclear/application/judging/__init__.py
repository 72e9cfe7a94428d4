"""Policy applied to one action: what it takes, and when that changes. Free of I/O beyond the snapshot."""

"""Pure rules of csi: no clock, no I/O."""

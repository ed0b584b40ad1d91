//! Export's lines come back equal.

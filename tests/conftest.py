"""Nothing yet that all tests share."""

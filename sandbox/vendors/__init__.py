"""The vendors' endpoints, one module or package each: paths, auth, paging, limits, error bodies, quirks."""

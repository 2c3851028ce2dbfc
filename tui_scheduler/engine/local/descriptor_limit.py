"""How many files this process may hold open: one stays open for every running child."""

import resource
from functools import cache


@cache
def raise_descriptor_limit() -> int:
    """Raise our soft limit of open files to the hard one; returns what it was before.

    Children are given the former limit back: programs that walk or select() over all possible
    descriptors expect a small one.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (hard, 65536, 10240):  # macOS refuses more than its OPEN_MAX
        if limit != resource.RLIM_INFINITY and limit > soft:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            except (OSError, ValueError):
                continue
            break
    return soft

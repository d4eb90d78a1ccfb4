"""What a known caller may do. Everything, so far: the one place where IAM policies will be evaluated."""

from .actions import Call
from .credentials import Identity


def allow(identity: Identity, call: Call) -> None:
    """Raise credentials.Unknown("AccessDenied") to refuse. `identity.role` has the policies, `call` the action."""
    del identity, call

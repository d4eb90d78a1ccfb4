"""A bucket's own policy with its conditions: moto's evaluator takes none into account, so a rule against callers without
TLS would shut out everybody."""

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from .patching import adds
from .policies import parsed
from .policy import Verdict, decide

_VERDICTS = {
    Verdict.ALLOWED: PermissionResult.PERMITTED,
    Verdict.DENIED: PermissionResult.DENIED,
    Verdict.SILENT: PermissionResult.NEUTRAL,
}
# Nobody comes to the emulator but through the box's edge, which takes nothing but TLS.
_CONTEXT = {"aws:securetransport": "true"}


def install() -> None:
    @adds(FakeBucket, "get_permission")
    def get_permission(self, action: str, resource: str) -> PermissionResult:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        return _VERDICTS[decide([parsed(self.policy.decode())], action, resource, _CONTEXT)]

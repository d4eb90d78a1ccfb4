"""Launch templates: a new version starts from the one that it names as its source."""

from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response

from .patching import replaces


class _Request:
    """The source version of the call being answered; one at a time, by the lock."""

    source: str | None = None


def install() -> None:
    @replaces(EC2Response, "create_launch_template_version")
    def create(original, self):
        _Request.source = self._get_param("SourceVersion")
        try:
            return original(self)
        finally:
            _Request.source = None

    @replaces(LaunchTemplate, "create_version")
    def create_version(original, self, data, description):
        if _Request.source:
            # Each top-level field of the request takes the place of the source's, as on AWS.
            data = {**self.get_version(_Request.source).data, **data}
        return original(self, data, description)

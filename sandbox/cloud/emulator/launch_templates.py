"""Launch templates: a new version starts from the one that it names as its source."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response
from moto.ec2.utils import parse_user_data

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

    @replaces(EC2Backend, "_get_template_from_args")
    def look_up(original, self, launch_template_arg):
        template = launch_template_arg.get("LaunchTemplateId")
        if template and template not in self.launch_templates:
            raise EC2ClientError(
                "InvalidLaunchTemplateId.NotFound",
                f"The specified launch template, with template ID {template}, does not exist.",
            )
        return original(self, launch_template_arg)

    @replaces(LaunchTemplate, "create_version")
    def create_version(original, self, data, description):
        if _Request.source:
            # Each top-level field of the request takes the place of the source's, as on AWS.
            data = {**self.get_version(_Request.source).data, **data}
        if isinstance(data.get("UserData"), str):
            data = {
                **data,
                "UserData": parse_user_data(data["UserData"]),
            }  # moto does so for a first version alone
        return original(self, data, description)

"""Service Quotas: the limits that the program asks for, with AWS's default figures; moto knows some of VPC's alone."""

from typing import Any

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend

from .patching import replaces

_EC2 = ("ec2", "Amazon Elastic Compute Cloud (Amazon EC2)")
_VPC = ("vpc", "Amazon Virtual Private Cloud (Amazon VPC)")
_ELB = ("elasticloadbalancing", "Elastic Load Balancing (ELB)")

# Code: service, name, value. A new account may run 5 standard vCPUs, too few for any cluster, and AWS raises that by
# itself as the account is used: the box's is one that has been.
_QUOTAS: dict[str, tuple[tuple[str, str], str, float]] = {
    "L-1216C47A": (_EC2, "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 64.0),
    "L-DB2E81BA": (_EC2, "Running On-Demand G and VT instances", 0.0),
    "L-417A185B": (_EC2, "Running On-Demand P instances", 0.0),
    "L-7295265B": (_EC2, "Running On-Demand X instances", 0.0),
    "L-74FC7D96": (_EC2, "Running On-Demand F instances", 0.0),
    "L-1945791B": (_EC2, "Running On-Demand Inf instances", 0.0),
    "L-0263D0A3": (_EC2, "EC2-VPC Elastic IPs", 5.0),
    "L-F678F1CE": (_VPC, "VPCs per Region", 5.0),
    "L-FE5A380F": (_VPC, "NAT gateways per Availability Zone", 5.0),
    "L-69A177A2": (_ELB, "Network Load Balancers per Region", 50.0),
    "L-E9E9831D": (_ELB, "Classic Load Balancers per Region", 20.0),
}

# What a test or a user of the box has changed: region, then code.
_changed: dict[str, dict[str, float]] = {}


def put(asked: dict) -> None:
    """Give quotas of regions other values: `{"us-west-2": {"L-0263D0A3": 1}}`. What is there stays."""
    unknown = {code for values in asked.values() for code in values} - _QUOTAS.keys()
    if unknown:
        raise ValueError(f"no quota has the code {', '.join(sorted(unknown))}")
    for region, values in asked.items():
        _changed.setdefault(region, {}).update({code: float(value) for code, value in values.items()})


def install() -> None:
    @replaces(ServiceQuotasBackend, "get_service_quota")
    def get(original, self, service_code: str, quota_code: str) -> dict[str, Any]:
        if quota_code not in _QUOTAS:
            return original(self, service_code, quota_code)
        (service, service_name), name, value = _QUOTAS[quota_code]
        if service_code != service:
            raise NoSuchResource
        return {
            "ServiceCode": service,
            "ServiceName": service_name,
            "QuotaArn": f"arn:aws:servicequotas:{self.region_name}:{self.account_id}:{service}/{quota_code}",
            "QuotaCode": quota_code,
            "QuotaName": name,
            "Value": _changed.get(self.region_name, {}).get(quota_code, value),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

import { Ec2MemberConfig, parseConfig } from "../../config";

/** The one member of the smallest stack, with some of its config changed. */
export const member = (change: object = {}) =>
  parseConfig({
    domain: "k8s.example.com",
    host: "us-west",
    apiAccess: ["203.0.113.0/24"],
    members: { "us-west": { region: "us-west-2", ...change } },
  }).members["us-west"] as Ec2MemberConfig;

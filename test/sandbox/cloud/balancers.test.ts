import { type BalancerPlan, planBalancers } from "../../../sandbox/cloud/balancers";
import { readHealth } from "../../../sandbox/cloud/health";
import { serverStates } from "../../../sandbox/cloud/haproxy";
import type { CloudState } from "../../../sandbox/cloud/state";
import recorded from "../recorded/cloud-state.json";
import { eni, sampleRegion } from "./sample";

const CHECK = {
  protocol: "HTTPS" as const,
  port: "traffic" as const,
  path: "/readyz",
  interval: 10,
  timeout: 6,
  healthy: 2,
  unhealthy: 3,
};

function network(edit: (region: ReturnType<typeof sampleRegion>) => void = () => undefined): BalancerPlan {
  const region = sampleRegion();
  region.targetGroups = [
    {
      arn: "arn:api",
      name: "api",
      protocol: "TCP",
      port: 6443,
      vpc: "vpc-1",
      targetType: "instance",
      preserveClientIp: false,
      check: CHECK,
      targets: [
        { id: "i-1", port: 6443 },
        { id: "i-3", port: 6443 },
      ],
    },
  ];
  region.interfaces.push(eni("66666666", "10.0.1.60", { subnet: "subnet-b", requester: "web" }));
  Object.assign(region.loadBalancers[0], {
    kind: "network",
    instances: [],
    healthCheck: null,
    listeners: [{ port: 6443, protocol: "TCP", targetPort: null, targetGroup: "arn:api" }],
  });
  edit(region);
  return [...planBalancers("us-west-2", region).values()][0];
}
const classic = () => [...planBalancers("us-west-2", sampleRegion()).values()][0];

describe("a classic load balancer", () => {
  it("listens at its private addresses and checks as it is told, and uses no target that is not well", () => {
    expect(classic().config).toBe(
      [
        "defaults",
        " mode tcp",
        " load-server-state-from-file global",
        " timeout connect 5s",
        " timeout client 60s",
        " timeout server 60s",
        "frontend listen-80",
        " bind 10.0.0.40:80",
        " default_backend port-30080",
        "backend port-30080",
        " balance roundrobin",
        " timeout check 1s",
        " server i-1_30080 10.0.0.11:30080 source 10.0.0.40 check port 30080 inter 1s rise 2 fall 2",
        " server i-2_30080 10.0.0.12:30080 source 10.0.0.40 check port 30080 inter 1s rise 2 fall 2",
        "",
      ].join("\n"),
    );
  });

  it("reports by region and name", () => {
    expect(classic().servers.map(({ group, target }) => [group, target])).toEqual([
      ["us-west-2/web", "i-1"],
      ["us-west-2/web", "i-2"],
    ]);
  });
});

describe("a network load balancer", () => {
  it("checks over TLS, reaches a target from its own subnet, and fails open", () => {
    const { config } = network();
    expect(config).toContain(" bind 10.0.0.40:6443,10.0.1.60:6443");
    expect(config).toContain(" option httpchk GET /readyz\n http-check expect status 200-399");
    expect(config).toContain(
      " server i-3_6443 10.0.1.13:6443 source 10.0.1.60 check port 6443 inter 10s rise 2 fall 3 check-ssl verify none",
    );
    expect(config).toContain(
      " option allbackups\n server open-i-1_6443 10.0.0.11:6443 source 10.0.0.40 backup",
    );
  });

  it("takes addresses as targets", () => {
    const { config } = network((region) =>
      Object.assign(region.targetGroups[0], { targetType: "ip", targets: [{ id: "10.0.0.99", port: 8443 }] }),
    );
    expect(config).toContain(" server 10.0.0.99_8443 10.0.0.99:8443 source 10.0.0.40 check port 8443");
  });

  it("leaves a target out that is gone, and keeps one that is off, which then fails its checks", () => {
    const targets = (state: "stopped" | "terminated") =>
      network((region) => (region.instances[2].state = state)).servers.map((one) => one.target);
    expect(targets("stopped")).toEqual(["i-1", "i-3"]);
    expect(targets("terminated")).toEqual(["i-1"]);
  });

  it("says which listeners it cannot serve", () => {
    expect(network((region) => (region.loadBalancers[0].listeners[0].protocol = "UDP")).refused).toEqual([
      "UDP listener on port 6443",
    ]);
  });
});

it("makes load balancers of a recorded account", () => {
  const plans = planBalancers("us-west-2", (recorded as unknown as CloudState).regions["us-west-2"]);
  expect(plans.size).toBe(2);
  for (const { config, servers } of plans.values()) {
    expect(config).not.toContain("undefined");
    expect(servers.length).toBeGreaterThan(0);
  }
});

describe("health", () => {
  const servers = classic().servers;
  const csv = (...rows: string[]) => ["# pxname,svname,qcur,status,weight", ...rows].join("\n");

  it("counts a target as well as long as it is used", () => {
    const rows = csv(
      "port-30080,i-1_30080,0,UP 1/2,1",
      "port-30080,i-2_30080,0,DOWN 1/2,1",
      "port-30080,BACKEND,0,UP,1",
    );
    expect(readHealth(rows, servers)).toEqual({ "us-west-2/web": { "i-1": "healthy", "i-2": "unhealthy" } });
  });

  it("says nothing of a target that haproxy does not know yet", () => {
    expect(readHealth(csv(), servers)).toEqual({});
  });

  it("has a new server prove itself, and carries over what is known of the others", () => {
    const before = [
      "1",
      "# be_id be_name",
      "3 port-30080 1 i-1_30080 10.0.0.11 2 0 1 1 77 6 3 4 6 0 0 0 - 30080 - 0 0 - - 0",
      "",
    ].join("\n");
    const lines = ["", ...serverStates(servers, before).split("\n")];
    expect(lines[1]).toBe("1");
    expect(lines[2]).toBe("1 port-30080 1 i-1_30080 10.0.0.11 2 0 1 1 77 6 3 4 6 0 0 0 - 30080 - 0 0 - - 0");
    expect(lines[3]).toBe("1 port-30080 2 i-2_30080 10.0.0.12 0 0 1 1 0 1 0 0 6 0 0 0 - 30080 - 0 0 - - 0");
  });
});

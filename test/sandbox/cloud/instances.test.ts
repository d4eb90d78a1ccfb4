import { deviceName, memoryOf, planInstances, planVolumes } from "../../../sandbox/cloud/instances";
import { balancerAddresses, instanceAddresses, instanceAt } from "../../../sandbox/cloud/lookup";
import { type CloudState, EMPTY_STATE } from "../../../sandbox/cloud/state";
import { desired } from "../../../sandbox/cloud/desired";
import recorded from "../recorded/cloud-state.json";
import { sample, sampleRegion } from "./sample";

describe("an instance's machine", () => {
  it("has the instance's address, names and memory", () => {
    expect(planInstances(sampleRegion()).get("i-1")).toEqual({
      id: "i-1",
      vpc: "vpc-1",
      power: "on",
      launched: "2026-01-01T00:00:00Z",
      hostname: "ip-10-0-0-11.us-west-2.compute.internal",
      netns: "vpc-1",
      veth: "eni11111111",
      mac: "02:00:00:00:00:11",
      address: "10.0.0.11/24",
      gateway: "10.0.0.1",
      dns: "10.0.0.2",
      memoryMiB: 2048,
      bare: false,
      volumes: [],
    });
  });

  it("is off while the instance is stopped, and gone when that is terminated", () => {
    const region = sampleRegion();
    region.instances[0].state = "stopping";
    region.instances[1].state = "shutting-down";
    expect([...planInstances(region).values()].map(({ id, power }) => [id, power])).toEqual([
      ["i-1", "off"],
      ["i-3", "on"],
    ]);
  });

  it("has the volumes that are attached, but not its own disk", () => {
    const region = sampleRegion();
    region.volumes = [
      {
        id: "vol-1",
        size: 8,
        zone: "us-west-2a",
        state: "in-use",
        attachments: [{ instance: "i-1", device: "/dev/sda1" }],
      },
      {
        id: "vol-2",
        size: 20,
        zone: "us-west-2a",
        state: "in-use",
        attachments: [{ instance: "i-1", device: "/dev/sdf" }],
      },
      { id: "vol-3", size: 5, zone: "us-west-2a", state: "available", attachments: [] },
    ];
    expect(planInstances(region).get("i-1")?.volumes).toEqual([
      { id: "vol-2", device: "/dev/xvdf", size: 20 },
    ]);
    expect([...planVolumes(region)]).toEqual([
      ["vol-2", 20],
      ["vol-3", 5],
    ]);
  });

  it("knows memory by type and devices by their guest's name", () => {
    expect(["t3.medium", "t2.micro", "c5.large", "x9.odd"].map(memoryOf)).toEqual([4096, 1024, 4096, 4096]);
    expect(["/dev/sdg", "/dev/xvdg"].map(deviceName)).toEqual(["/dev/xvdg", "/dev/xvdg"]);
  });
});

describe("who is who", () => {
  it("finds an instance by its address, and by a pod's in its range", () => {
    const at = (source: string) => instanceAt(sampleRegion(), "vpc-1", source)?.id;
    expect(["10.0.0.12", "10.244.1.7", "10.244.2.7", "10.244.9.1", "198.18.0.1"].map(at)).toEqual([
      "i-2",
      "i-1",
      "i-2",
      undefined,
      undefined,
    ]);
  });

  it("answers an instance's public name with its private address inside the VPC only", () => {
    const name = "ec2-54-0-0-11.us-west-2.compute.amazonaws.com";
    expect(instanceAddresses(sample(), name)).toEqual(["54.0.0.11"]);
    expect(instanceAddresses(sample(), name, "vpc-1")).toEqual(["10.0.0.11"]);
    expect(instanceAddresses(sample(), "ip-10-0-0-11.us-west-2.compute.internal", "vpc-2")).toBeUndefined();
  });

  it("answers a load balancer's name, any case, with or without dualstack", () => {
    expect(balancerAddresses(sample(), "DualStack.Web-1.us-west-2.elb.amazonaws.com.")).toEqual([
      "192.0.2.1",
    ]);
    const internal = sample();
    internal.regions["us-west-2"].loadBalancers[0].scheme = "internal";
    expect(balancerAddresses(internal, "web-1.us-west-2.elb.amazonaws.com")).toEqual(["10.0.0.40"]);
  });
});

describe("what should exist", () => {
  it("is nothing for an empty account", () => {
    const { routers, balancers, instances, volumes } = desired(EMPTY_STATE, () => 1);
    expect([routers, balancers, instances, volumes].map((map) => map.size)).toEqual([0, 0, 0, 0]);
  });

  it("is derived whole from a recorded account, and alike each time", () => {
    const state = recorded as unknown as CloudState;
    const { routers, balancers, instances, volumes } = desired(state, () => 1);
    expect([routers.size, balancers.size, instances.size]).toEqual([1, 2, 3]);
    expect(volumes.size).toBe(1);
    expect(JSON.stringify([...desired(structuredClone(state), () => 1).routers])).toBe(
      JSON.stringify([...routers]),
    );
  });
});

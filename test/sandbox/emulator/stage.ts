import * as ec2 from "@aws-sdk/client-ec2";
import * as ssm from "@aws-sdk/client-ssm";
import type { Instance, NetworkInterface, RegionState } from "../../../sandbox/cloud/state";
import { type Clients, type Emulator, startEmulator } from "./emulator";
import { network, type Network } from "./network";
import { nodeRole, UBUNTU } from "./nodes";

/** An emulator with a network, a role and an image in us-west-2, and short ways to look at it. */
export class Stage {
  private constructor(
    readonly emulator: Emulator,
    readonly c: Clients,
    readonly net: Network,
    readonly image: string,
  ) {}

  static async open(): Promise<Stage> {
    return Stage.on(await startEmulator());
  }

  /** On an emulator that is there. */
  static async on(emulator: Emulator): Promise<Stage> {
    const c = emulator.clients("us-west-2");
    const net = await network(c, "us-west-2");
    await nodeRole(c, "node");
    const image = (await c.ssm.send(new ssm.GetParameterCommand({ Name: UBUNTU }))).Parameter!.Value!;
    return new Stage(emulator, c, net, image);
  }

  async region(): Promise<RegionState> {
    return (await this.emulator.get("/sandbox/state")).regions["us-west-2"];
  }

  async instance(id: string): Promise<Instance> {
    return (await this.region()).instances.find((one) => one.id === id)!;
  }

  async eni(id: string): Promise<NetworkInterface> {
    return (await this.region()).interfaces.find((one) => one.id === id)!;
  }

  /** As DescribeInstances shows it. */
  async described(id: string): Promise<ec2.Instance> {
    const found = await this.c.ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [id] }));
    return found.Reservations![0].Instances![0];
  }

  async run(more: Partial<ec2.RunInstancesCommandInput>): Promise<string> {
    const made = await this.c.ec2.send(
      new ec2.RunInstancesCommand({ ImageId: this.image, MinCount: 1, MaxCount: 1, ...more }),
    );
    return made.Instances![0].InstanceId!;
  }
}

/** The error code of a refused call. */
export async function refused(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error("was not refused"),
    (reason: Error) => reason,
  );
  return error.name === "Error" ? error.message : error.name;
}

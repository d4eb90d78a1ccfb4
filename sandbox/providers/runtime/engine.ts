/** The way back to the engine: messages to the person who runs it. */

import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const SEVERITY = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** Sends log lines; without an engine (a provider started by hand) they go to standard error. */
export class EngineLog {
  private client?: EngineClient;
  private readonly underway = new Set<Promise<void>>();

  constructor(address?: string) {
    if (address) this.attach(address);
  }

  attach(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  send(severity: keyof typeof SEVERITY, message: string, urn: string, ephemeral = false): void {
    const { client } = this;
    if (!client) return void process.stderr.write(`${severity}: ${message}\n`);
    const request = new LogRequest();
    request.setSeverity(SEVERITY[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    const sent = new Promise<void>((resolve) => client.log(request, () => resolve()));
    this.underway.add(sent);
    void sent.then(() => this.underway.delete(sent));
  }

  /** Waits (a second at most) until the engine has what was said: a message after the answer may be lost. */
  async flush(): Promise<void> {
    if (this.underway.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)));
    await Promise.race([Promise.all(this.underway), limit]);
    clearTimeout(timer);
  }
}

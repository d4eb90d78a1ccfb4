import { kubernetes } from "../../../../sandbox/providers/kubernetes/provider";
import { binaries, describeWith } from "../binaries";
import { Harness } from "../runtime/harness";
import { startApiServer } from "./api-server";
import { Bench } from "./bench";
import { objectCases } from "./object-cases";
import { waitCases } from "./wait-cases";

const needed = binaries("etcd", "kube-apiserver", "kube-controller-manager");
jest.setTimeout(180_000);

describeWith(needed, "against a real API server", () => {
  const bench = new Bench();
  beforeAll(async () => {
    bench.server = await startApiServer(needed!);
    bench.provider = await Harness.of(kubernetes(), { kubeconfig: bench.server.kubeconfig });
  });
  afterAll(async () => {
    bench.provider?.stop();
    await bench.server?.stop();
  });

  describe("objects", () => objectCases(bench));
  describe("waits", () => waitCases(bench));
});

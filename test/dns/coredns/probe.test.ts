import { memberProbe } from "../../../dns/coredns/probe";
import type { Health } from "../../../dns/health-check";

const probe = (health: Partial<Health>) =>
  memberProbe(
    { protocol: "http", port: 30080, interval: 10, threshold: 2, ...health },
    "192.0.2.7",
    "nginx.k8s.example.com",
  );
const httpGet = {
  host: "192.0.2.7",
  port: 30080,
  path: "/healthz",
  httpHeaders: [{ name: "Host", value: "nginx.k8s.example.com" }],
};

describe("a member's health, where CoreDNS keeps the domain", () => {
  it("C3: is asked at the app's path by the app's name, as often as Route 53's checkers would", () => {
    expect(probe({ path: "/healthz" })).toEqual({
      httpGet,
      periodSeconds: 10,
      failureThreshold: 2,
      timeoutSeconds: 4,
    });
  });

  it("is asked by TLS where the app speaks it", () => {
    expect(probe({ protocol: "https", path: "/healthz" }).httpGet).toEqual({ ...httpGet, scheme: "HTTPS" });
  });

  it("is a connection where the app speaks something else", () => {
    const { httpGet: none, tcpSocket } = probe({ protocol: "tcp" }) as any;
    expect([none, tcpSocket]).toEqual([undefined, { host: "192.0.2.7", port: 30080 }]);
  });
});

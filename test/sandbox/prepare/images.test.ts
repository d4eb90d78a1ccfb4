import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { configuration } from "../../../sandbox/prepare/images/layout";
import { shareFiles } from "../../../sandbox/prepare/images/share";
import { folder, kubeadmImages, pulledImages, repository } from "../../../sandbox/prepare/images/table";

const list = [
  "kube-apiserver:v1.36.3",
  "kube-controller-manager:v1.36.3",
  "kube-scheduler:v1.36.3",
  "kube-proxy:v1.36.3",
]
  .concat(["coredns/coredns:v1.14.2", "pause:3.10.2", "etcd:3.6.8-0"])
  .map((name) => `registry.k8s.io/${name}`);

describe("images", () => {
  it("takes kubeadm's images under the names that kubeadm asks for", () => {
    const images = kubeadmImages(`${list.join("\n")}\n`);
    expect(images.map(({ name }) => name).sort()).toEqual([...list].sort());
    expect(
      images.filter(({ baked }) => baked?.includes("worker")).map(({ name }) => name.split(/[/:]/).at(-2)),
    ).toEqual(["kube-proxy", "coredns", "pause"]);
    expect(() => kubeadmImages(list.slice(0, -1).join("\n"))).toThrow("names no image etcd");
    const [server] = kubeadmImages(list.join("\n"), "go-kubernetes-previous");
    expect(Object.values(server.programs)).toEqual([["go-kubernetes-previous", "kube-apiserver"]]);
  });

  it("puts every host's repositories into one namespace, none of them twice", () => {
    expect(repository("docker.io/library/nginx:1.29")).toEqual({ repository: "library/nginx", tag: "1.29" });
    expect(repository("registry.k8s.io/pause:3.10.2")).toEqual({ repository: "pause", tag: "3.10.2" });
    expect(() => repository("nginx:1.29")).toThrow("not a full image name");
    const folders = [...kubeadmImages(list.join("\n")), ...pulledImages].map(({ name }) => folder(name));
    expect(new Set(folders).size).toBe(folders.length);
  });

  it("writes a configuration that runtimes accept: platform, layers by digest, no time of making", () => {
    const nginx = pulledImages.find(({ name }) => name.includes("nginx"));
    if (!nginx) throw new Error("no nginx");
    expect(configuration(nginx, "sha256:1")).toMatchObject({
      architecture: "amd64",
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: { Cmd: ["nginx", "-g", "daemon off;"], StopSignal: "SIGQUIT" },
      rootfs: { type: "layers", diff_ids: ["sha256:1"] },
    });
  });

  it("shares big files of the same content and leaves the others alone", () => {
    const [one, two] = ["a", "b"].map((name) => fs.mkdtempSync(path.join(os.tmpdir(), `share-${name}-`)));
    const big = (byte: number): Buffer => Buffer.alloc(2 << 20, byte);
    fs.writeFileSync(path.join(one, "program"), big(1));
    fs.mkdirSync(path.join(two, "bin"));
    fs.writeFileSync(path.join(two, "bin/same"), big(1));
    fs.writeFileSync(path.join(two, "bin/other"), big(2));
    fs.writeFileSync(path.join(two, "small"), "1");
    expect(shareFiles(two, [one])).toBe(2 << 20);
    const inode = (...names: string[]): number => fs.statSync(path.join(...names)).ino;
    expect(inode(two, "bin/same")).toBe(inode(one, "program"));
    expect(fs.readFileSync(path.join(two, "bin/other"))[0]).toBe(2);
    expect(fs.readdirSync(path.join(two, "bin")).sort()).toEqual(["other", "same"]);
  });
});

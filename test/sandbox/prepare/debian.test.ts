import { configuration, parseUris } from "../../../sandbox/prepare/debian/apt";
import { wrapper } from "../../../sandbox/prepare/debian/wrapper";
import { parseLibraries } from "../../../sandbox/prepare/images/root";

describe("Debian packages", () => {
  it("reads apt's list of addresses and nothing else of its talk", () => {
    const output = [
      "Reading package lists...",
      "The following NEW packages will be installed:",
      "  libc6 iproute2",
      "Need to get 83.4 MB of archives.",
      "'http://deb.debian.org/debian/pool/main/g/glibc/libc6_2.36-9%2bdeb12u14_amd64.deb' libc6_2.36-9+deb12u14_amd64.deb 2759320 MD5Sum:8d98",
      "'http://deb.debian.org/debian/pool/main/d/dnsutils/host_9.18-1_amd64.deb' host_1%3a9.18-1_amd64.deb 57620 ",
    ].join("\n");
    expect(parseUris(output).map(({ file, size }) => [file, size])).toEqual([
      ["libc6_2.36-9+deb12u14_amd64.deb", 2759320],
      ["host_1%3a9.18-1_amd64.deb", 57620],
    ]);
    expect(parseUris("E: Unable to locate package nosuch")).toEqual([]);
  });

  it("keeps how the host fetches and nothing else of its apt", () => {
    const host = [
      'Acquire "";',
      'Acquire::http::Proxy "http://proxy:3128";',
      'Acquire::Check-Date "false";',
      'Acquire::IndexTargets::deb::Packages::MetaKey "x";',
      'Acquire::Languages:: "de";',
    ].join("\n");
    const lines = configuration("/cache/apt", host).split("\n");
    expect(lines.slice(0, 2)).toEqual([
      'Acquire::http::Proxy "http://proxy:3128";',
      'Acquire::Check-Date "false";',
    ]);
    expect(lines).toContain('Dir::State::status "/cache/apt/status";');
    expect(lines).toContain('Dir::Etc::parts "/dev/null";');
    expect(lines.join()).not.toContain("IndexTargets");
    expect(lines.join()).not.toContain('"de"');
  });

  it("runs a tool by its tree's own loader and libraries", () => {
    const text = wrapper("/c/tools/tree", "usr/sbin/nft");
    expect(text).toContain(
      "exec /c/tools/tree/usr/lib64/ld-linux-x86-64.so.2 --inhibit-cache --library-path /c/tools/tree/usr/lib/x86_64-linux-gnu",
    );
    expect(text).toMatch(/--argv0 "\$0" \/c\/tools\/tree\/usr\/sbin\/nft "\$@"\n$/);
  });

  it("reads the libraries that ldd lists", () => {
    const output = [
      "/usr/sbin/nft:",
      "\tlinux-vdso.so.1 (0x00007ffe9)",
      "\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f1)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f2)",
      "/usr/lib/x86_64-linux-gnu/xtables/libxt_statistic.so:",
      "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f3)",
      "\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f1)",
    ].join("\n");
    expect(parseLibraries(output)).toEqual([
      "/lib/x86_64-linux-gnu/libnftables.so.1",
      "/lib64/ld-linux-x86-64.so.2",
      "/lib/x86_64-linux-gnu/libm.so.6",
    ]);
  });
});

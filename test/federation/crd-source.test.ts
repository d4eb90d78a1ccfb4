import { existsSync, rmSync } from "node:fs";
import { crdCachePath, crdUrl, fetchCrd, sha256 } from "../../federation/crd-source";
import { pinnedCrds } from "../../federation/crds";

const version = "v0.0.0-test";
const crd = "works.work.karmada.io";
const answer = (body: string, status = 200) => new Response(body, { status });
const fetched = () => jest.spyOn(globalThis, "fetch");

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(crdCachePath(version, crd), { force: true });
});

describe("fetchCrd", () => {
  test("asks the release's own file, by the definition's name", () => {
    expect(crdUrl("v1.16.0", "serviceexports.multicluster.x-k8s.io")).toBe(
      "https://raw.githubusercontent.com/karmada-io/karmada/v1.16.0/charts/karmada/_crds/bases/" +
        "multicluster/multicluster.x-k8s.io_serviceexports.yaml",
    );
  });

  test("keeps what it fetched, so that the next run needs no network", async () => {
    const fetch = fetched().mockImplementation(async () => answer("spec: {}"));
    const pin = sha256("spec: {}");
    expect(await fetchCrd(version, crd, pin)).toBe("spec: {}");
    expect(await fetchCrd(version, crd, pin)).toBe("spec: {}");
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("a file that is not what was pinned is neither used nor kept", async () => {
    fetched().mockImplementation(async () => answer("spec: {evil: true}"));
    await expect(fetchCrd(version, crd, sha256("spec: {}"))).rejects.toThrow(
      /bases\/work\/work\.karmada\.io_works\.yaml has SHA-256 [0-9a-f]{64}, pinned is [0-9a-f]{64}/,
    );
    expect(existsSync(crdCachePath(version, crd))).toBe(false);
  });

  test("an address that does not exist is told at once, with what to do", async () => {
    const fetch = fetched().mockImplementation(async () => answer("", 404));
    await expect(fetchCrd(version, crd, "")).rejects.toThrow(
      /can't fetch https:.*: HTTP 404\..*save the file as/,
    );
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("a network that fails is tried again, then told with its reason", async () => {
    const fetch = fetched().mockImplementation(async () => {
      throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") });
    });
    await expect(fetchCrd(version, crd, "")).rejects.toThrow(/fetch failed: getaddrinfo ENOTFOUND/);
    expect(fetch).toHaveBeenCalledTimes(3);
  }, 15_000);
});

test("every pinned definition has a whole SHA-256 of its own", () => {
  for (const pins of Object.values(pinnedCrds)) {
    expect(new Set(Object.values(pins)).size).toBe(19);
    for (const pin of Object.values(pins)) expect(pin).toMatch(/^[0-9a-f]{64}$/);
  }
});

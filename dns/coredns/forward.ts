// Run by a member's `Forwarding`: `tell` when it comes or changes, `take` when it goes.
import { isIP } from "node:net";
import { apiClient, ApiCall } from "../../regions/api-client";
import { until } from "../../regions/poll";
import { fail, setting } from "../../regions/script";
import { Stanza, withoutStanza, withStanza } from "./stanza";

const CONFIG_MAP = "/api/v1/namespaces/kube-system/configmaps/coredns";

/** Seconds until somebody else, who writes to the ConfigMap at the same time, has to be through. */
const TIMEOUT = 60;

/**
 * Writes another Corefile where `change` makes one of the present one. What changed meanwhile is looked at again.
 * @returns the Corefile that is there now; undefined where the cluster has none.
 * @throws with what the cluster says, or what `change` throws.
 */
export async function changeCorefile(
  call: ApiCall,
  change: (corefile: string) => string,
): Promise<string | undefined> {
  let corefile: string | undefined;
  let fault: Error | undefined;
  await until({ what: "the cluster's Corefile", timeout: TIMEOUT, report: console.error }, async () => {
    const { status, body } = await call(CONFIG_MAP);
    if (status === 404) return undefined;
    if (status !== 200) return `its ConfigMap answers ${status} ${body?.message ?? body}`;
    const before: string = body.data?.Corefile ?? "";
    try {
      corefile = change(before);
    } catch (error) {
      fault = error as Error;
      return undefined;
    }
    if (corefile === before) return undefined;
    const { resourceVersion } = body.metadata;
    const patch = { metadata: { resourceVersion }, data: { Corefile: corefile } };
    const patched = await call(`${CONFIG_MAP}?fieldManager=federation-names`, "PATCH", patch);
    return patched.status === 200 ? undefined : `${patched.status} ${patched.body?.message ?? patched.body}`;
  });
  if (fault) throw fault;
  return corefile;
}

async function tell(call: ApiCall, member: string, stanza: Stanza): Promise<void> {
  if (!isIP(stanza.server.replace(/:\d+$/, "")))
    throw new Error(
      `${stanza.server} is a host name, and CoreDNS forwards to addresses alone: use a nodePort, or no forward`,
    );
  const corefile = await changeCorefile(call, (text) => withStanza(text, stanza)).catch((error: Error) => {
    throw new Error(`member ${member} ${error.message}`);
  });
  if (corefile === undefined)
    throw new Error(
      `member ${member} has no ConfigMap kube-system/coredns: leave it out of zone.coredns.forward`,
    );
  const known = /^\s+reload\b/m.test(corefile)
    ? "its CoreDNS takes it up within two minutes"
    : "its CoreDNS has no plugin reload: start its pods anew";
  console.log(`${member} asks ${stanza.server} for ${stanza.domain}; ${known}`);
}

async function main([verb]: string[]): Promise<void> {
  const member = setting("FORWARD_MEMBER");
  const stanza = {
    domain: setting("FORWARD_DOMAIN"),
    server: setting("FORWARD_SERVER"),
    owner: setting("FORWARD_OWNER"),
  };
  if (setting("FORWARD_LOST") === "true") return console.log(`${member} is lost: nothing to tell`);
  const call = apiClient(setting("FORWARD_KUBECONFIG"));
  if (verb === "tell") return tell(call, member, stanza);
  await changeCorefile(call, (text) => withoutStanza(text, stanza));
  console.log(`${member} is told of ${stanza.domain} no more`);
}

if (require.main === module) {
  main(process.argv.slice(2)).catch(fail());
}

import { audit } from "./commands/audit";
import { curl } from "./commands/curl";
import { destroy } from "./commands/destroy";
import { drill } from "./commands/drill";
import { down } from "./commands/down";
import { fail, heal } from "./commands/fail";
import { faults } from "./commands/faults";
import { kubectl } from "./commands/kubectl";
import { openAndTell } from "./commands/open";
import { preview, up } from "./commands/up";
import { plan } from "./commands/plan";
import { refresh } from "./commands/refresh";
import { shell } from "./commands/shell";
import { start } from "./commands/start";
import { status } from "./commands/status";

interface Command {
  readonly usage: string;
  readonly about: string;
  run(args: readonly string[]): Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { usage: "start [--set PATH=VALUE…]", about: "prepare, open the box, up, and show what runs", run: start },
  open: { usage: "open [--previous-kubernetes]", about: "open the box, bring nothing up; with an older Kubernetes in reach", run: openAndTell },
  up: { usage: "up [--refresh] [--set PATH=VALUE…]", about: "preview and up of the stack in the open box", run: up },
  preview: { usage: "preview [--refresh] [--set P=V…]", about: "what an up would change; --refresh looks at AWS first", run: preview },
  plan: { usage: "plan [--set PATH=VALUE…]", about: "the same as Markdown, with costs, as pull requests show it", run: plan },
  refresh: { usage: "refresh [--target URN…]", about: "take what AWS has into the state; ** in a URN stands for any text", run: refresh },
  status: { usage: "status [--pods [APP]]", about: "members, replicas, load balancers, records, who answers; or every member's pods", run: status },
  curl: { usage: "curl --from REGION [OPTIONS] URL", about: "curl from a client in a region", run: curl },
  kubectl: { usage: "kubectl MEMBER|aws-fed ARGS…", about: "kubectl with a member's or the federation's context", run: kubectl },
  shell: { usage: "shell [COMMAND…]", about: "a shell (or one command) in the box, set up for its AWS account", run: shell },
  fail: { usage: "fail REGION", about: "cut a region off: machines, load balancers, AWS's API there", run: fail },
  heal: { usage: "heal REGION", about: "bring it back", run: heal },
  faults: { usage: "faults [--throttled %] [--failed %]", about: "AWS answers that many of all calls by an error; none without", run: faults },
  drill: { usage: "drill REGION", about: "fail and heal a region; times until its users are answered elsewhere, and by it again", run: drill },
  audit: { usage: "audit", about: "what the account holds of the stack; fails unless 0 left", run: audit },
  destroy: { usage: "destroy", about: "destroy the stack and prove that the account is empty", run: destroy },
  down: { usage: "down [--force]", about: "destroy, prove that the account is empty, close the box", run: down },
};

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const command = COMMANDS[name ?? ""];
  if (!command) {
    const rows = Object.values(COMMANDS).map((one) => `  ${one.usage.padEnd(36)}${one.about}`);
    console.error(`${name ? `There is no command "${name}".\n` : ""}npm run sandbox -- COMMAND\n${rows.join("\n")}`);
    process.exit(2);
  }
  await command.run(args);
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: Error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  },
);

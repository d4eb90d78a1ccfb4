/**
 * Runs in the box: asks a URL ten times a second, each time by its name and by a new connection, as long as a file is there and
 * an hour at most, and prints how often and how often in vain. `asker.ts URL FILE`
 */
import { existsSync } from "node:fs";
import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

function ask(url: string): Promise<void> {
  return new Promise((done, fail) => {
    const request = http.get(url, { agent: false, timeout: 5000 }, (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200 ? done() : fail(new Error(`status ${response.statusCode}`)),
      );
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s")));
    request.on("error", fail);
  });
}

async function main([url, file]: string[]): Promise<void> {
  const end = Date.now() + 3600_000;
  const faults: string[] = [];
  let asked = 0;
  while (existsSync(file) && Date.now() < end) {
    asked++;
    await ask(url).catch((error: Error) => faults.push(`${new Date().toISOString()} ${error.message}`));
    await sleep(100);
  }
  console.log([`asked ${asked}, failed ${faults.length}`, ...faults.slice(0, 20)].join("\n"));
}

void main(process.argv.slice(2)).then(() => process.exit());

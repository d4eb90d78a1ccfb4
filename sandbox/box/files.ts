import * as fs from "fs";
import * as http from "http";
import * as path from "path";

/** Serves public files of the internet by host and path prefix from local folders; everything else is 404. */
export async function serveFiles(port: number, folders: Readonly<Record<string, string>>): Promise<() => void> {
  const server = http.createServer((request, response) => {
    const url = decodeURIComponent(`${request.headers.host ?? ""}${(request.url ?? "/").split("?")[0]}`);
    const prefix = Object.keys(folders).find((one) => url.startsWith(`${one}/`));
    const file = prefix && path.join(folders[prefix], path.normalize(url.slice(prefix.length)));
    if (!file || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
      response.writeHead(404).end("404: Not Found");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": fs.statSync(file).size });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));
  return () => server.close();
}

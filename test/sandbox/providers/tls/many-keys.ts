/** Makes as many keys as its argument says and writes each in every form; run with a small heap, so that it is collected often. */
import { generateKey, privateForms } from "../../../../sandbox/providers/tls/keys";

for (let left = Number(process.argv[2]); left > 0; left--)
  privateForms(generateKey("ECDSA", { ecdsaCurve: "P256" }));

/** The sandbox's `tls` provider: keys, requests and certificates made in this process. */

import { serve } from "../runtime";
import { tls } from "./provider";

serve(tls);

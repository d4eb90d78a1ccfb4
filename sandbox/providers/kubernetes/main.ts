/** The sandbox's `kubernetes` provider: any kind, by server-side apply, with upstream's default waits. */

import { serve } from "../runtime";
import { kubernetes } from "./provider";

serve(kubernetes());

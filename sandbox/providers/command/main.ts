/** The sandbox's `command` provider: local commands only. */

import { serve } from "../runtime";
import { command } from "./resources";

serve(command);

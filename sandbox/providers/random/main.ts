/** The sandbox's `random` provider: names, types and rules of pulumi-random 4.21.2, whose every change replaces. */

import { serve } from "../runtime";
import { random } from "./resources";

serve(random);

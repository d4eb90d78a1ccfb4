import { serve } from "../runtime/serve";
import { definition } from "./definition";

serve(definition);

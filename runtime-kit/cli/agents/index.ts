import type { Agent } from "../../runtime/define.js";
import { count } from "./count.js";
import { echo } from "./echo.js";
import { repoReport } from "./repo-report.js";

/** What `arcp serve` hosts when it is given no agent. */
export const builtInAgents: readonly Agent[] = [echo, count, repoReport];

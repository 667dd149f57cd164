/** `npm run spec:upstream`: audits each upstream draft in the folder that ARCP_UPSTREAM names, with its baseline. */
import { calledWith } from "../../conformance/usage/called.js";
import { auditUpstream } from "./upstream.js";

calledWith({
  name: "npm run spec:upstream",
  about:
    "Audits each upstream draft in the folder that the variable ARCP_UPSTREAM names, with its baseline. Without the variable it says that nothing was run.",
  options: {},
  exits: { 0: "nothing beyond the baselines, or not run", 1: "something beyond, or no draft" },
});
process.exitCode = await auditUpstream(process.cwd(), process.env["ARCP_UPSTREAM"], (text) => {
  process.stdout.write(`${text}\n`);
});

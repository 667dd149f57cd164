/** `npm run spec:upstream`: audits each upstream draft in the folder that ARCP_UPSTREAM names, with its baseline. */
import { auditUpstream } from "./upstream.js";

process.exitCode = await auditUpstream(process.cwd(), process.env["ARCP_UPSTREAM"], (text) => {
  process.stdout.write(`${text}\n`);
});

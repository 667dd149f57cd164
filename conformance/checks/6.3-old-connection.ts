/** Section 6.3: what the connection may still do that a resume took the session from. */
import { Feature } from "../../generated/current/constants.js";
import { requestIdOf } from "../peer/message.js";
import { check } from "../run/check.js";
import { isDeepStrictEqual } from "node:util";
import { listAll, R0, R2 } from "./support.js";

/** More checks of section 6.3. */
export const oldConnectionChecks = [
  check(
    {
      id: "runtime/6.3/old-connection-is-not-obeyed",
      requirements: ["RES-36"],
      level: "MUST",
      basis: "W-09",
      needs: { ...R2, connections: "together", features: [Feature.ListJobs] },
      mutants: ["old-connection-obeyed"],
    },
    async (t) => {
      const old = await t.session();
      const now = await t.resume(old, 0);
      // A lease that nobody else asks for tells the jobs of this check from all others.
      const lease = (name: string) => ({ "fs.read": [`/${name}`] });
      const [late, right] = [lease(t.fresh("late")), lease(t.fresh("right"))];
      const submit = (mine: object) =>
        t.program([{ op: "return" }], { payload: { lease_request: mine } });
      old.send("job.submit", submit(late));
      // It was read by the time that the old connection answers or is closed. Whether it is, others ask.
      await old.expectClose().catch(() => undefined);
      const answer = await now.request("job.submit", submit(right), "job.accepted");
      await t.accepted(now, answer).terminal();
      await now.settle();
      const leases = (await listAll(t, now)).map((row) => row.lease);
      const has = (one: object) => leases.some((other) => isDeepStrictEqual(other, one));
      t.ok(has(right), "a job that the new connection submitted is not listed");
      t.ok(!has(late), "a job was made for the old connection after the resume");
    },
  ),
  check(
    {
      id: "runtime/6.3/pending-replies-are-dropped",
      requirements: ["RES-37"],
      level: "MUST",
      basis: "W-09",
      needs: { ...R0, connections: "together" },
      mutants: ["replies-follow"],
    },
    async (t) => {
      const old = await t.session();
      const asked = Array.from({ length: 20 }, () =>
        old.send("job.submit", { agent: "conformance.no-such-agent" }),
      );
      const now = await t.resume(old, 0);
      await now.settle();
      const named = now.frames.map(({ message }) => requestIdOf(message));
      t.equal(
        named.filter((id) => id !== undefined && asked.includes(id)),
        [],
        "requests of the old connection that were answered on the new one",
      );
    },
  ),
] as const;

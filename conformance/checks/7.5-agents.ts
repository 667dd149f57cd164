/** Section 7.5: agents and their versions. */
import { Feature } from "../../generated/current/constants.js";
import { check } from "../run/check.js";
import { scriptAgent, scriptDefaultVersion, scriptVersions } from "../script.js";
import { listAll, R0, R2 } from "./support.js";

const versions = { ...R2, features: [Feature.AgentVersions] } as const;

/** Checks of section 7.5. */
export const agentChecks = [
  check(
    {
      id: "runtime/7.5/bare-name-is-default",
      requirements: ["AGENT-02"],
      level: "MUST",
      basis: "explicit",
      needs: versions,
      mutants: ["bare-name-is-first"],
    },
    async (t) => {
      const job = await t.succeed(await t.session(), [{ op: "whoami" }]);
      const expected = `${scriptAgent}@${scriptDefaultVersion}`;
      t.equal(job.bodies("log")[0]?.message, expected, "version that ran for the bare name");
    },
  ),
  check(
    {
      id: "runtime/7.5/exact-version-runs",
      requirements: ["AGENT-05", "AGENT-12"],
      level: "MUST",
      basis: "explicit",
      needs: versions,
      mutants: ["version-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      for (const version of scriptVersions) {
        const agent = `${scriptAgent}@${version}`;
        const job = await t.succeed(peer, [{ op: "whoami" }], { agent });
        t.equal(job.bodies("log")[0]?.message, agent, "version that ran");
      }
    },
  ),
  check(
    {
      id: "runtime/7.5/accepted-states-version",
      requirements: ["AGENT-10"],
      level: "MUST",
      basis: "explicit",
      needs: versions,
      mutants: ["accepted-without-version", "version-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const bare = await t.succeed(peer, [{ op: "return" }]);
      const named = await t.succeed(peer, [{ op: "return" }], { agent: `${scriptAgent}@1.0.0` });
      const stated = [bare, named].map((job) => job.accepted.message.payload.agent);
      const expected = [`${scriptAgent}@${scriptDefaultVersion}`, `${scriptAgent}@1.0.0`];
      t.equal(stated, expected, "agent in job.accepted");
    },
  ),
  check(
    {
      id: "runtime/7.5/list-states-version",
      requirements: ["AGENT-11"],
      level: "MUST",
      basis: "explicit",
      needs: { ...R2, features: [Feature.AgentVersions, Feature.ListJobs] },
      mutants: ["rows-without-version", "version-ignored"],
    },
    async (t) => {
      const peer = await t.session();
      const agent = `${scriptAgent}@1.0.0`;
      const job = await t.succeed(peer, [{ op: "return" }], { agent });
      const row = (await listAll(t, peer)).find((r) => r.job_id === job.id);
      t.equal(row?.agent, agent, "agent in the list");
    },
  ),
  check(
    {
      id: "runtime/7.5/unknown-version",
      requirements: ["AGENT-06", "AGENT-08"],
      level: "MUST",
      basis: "explicit",
      needs: versions,
      mutants: ["version-ignored", "version-missing-as-agent", "drop-session-error"],
    },
    async (t) => {
      const peer = await t.session();
      for (const version of ["9.9.9", "1.0", "1.0.0+build", "latest", "01.0.0"]) {
        const program = t.program([{ op: "return" }], { agent: `${scriptAgent}@${version}` });
        const answer = await peer.request("job.submit", program, "job.accepted");
        t.refused(answer, "AGENT_VERSION_NOT_AVAILABLE", `the version ${version}`);
      }
      await t.succeed(peer, [{ op: "return" }], { agent: `${scriptAgent}@1.0.0` });
    },
  ),
  check(
    {
      id: "runtime/7.5/ill-formed-name",
      requirements: ["AGENT-09"],
      level: "MUST",
      basis: "derived",
      needs: R0,
      mutants: ["drop-session-error", "invalid-as-agent-missing"],
    },
    async (t) => {
      const peer = await t.session();
      for (const agent of ["", "Upper", "@1.0.0", "a@", "a b", "-a", "a@1@2", "a/b", "ä", "a\n"]) {
        const after = peer.last;
        const id = peer.sendMalformed("job.submit", { agent });
        const answer = await peer.reply(id, "job.accepted", { after });
        t.refused(answer, "INVALID_REQUEST", `the agent ${JSON.stringify(agent)}`);
      }
      const twin = await peer.request("job.submit", { agent: "a" }, "job.accepted");
      t.refused(twin, "AGENT_NOT_AVAILABLE", "a well-formed name");
    },
  ),
] as const;

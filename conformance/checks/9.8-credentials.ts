/** Section 9.8: who is shown a job's credentials, how they are rotated, and when they are good no more. */
import { Feature } from "../../generated/current/constants.js";
import type { Job } from "../peer/job.js";
import { isRecord, type Frame } from "../peer/message.js";
import type { Peer } from "../peer/peer.js";
import { check } from "../run/check.js";
import type { SubmitOptions, Trial } from "../run/trial.js";
import type { ScriptStep } from "../script.js";
import { childOf, delegate, delegating, under } from "./10-support.js";
import { keyed, repeat } from "./7.2-support.js";
import { listAll, member, R2, R2B } from "./support.js";

const credentialed = { ...R2, features: [Feature.ProvisionedCredentials] } as const;
const together = { ...credentialed, connections: "together" } as const;
const listed = {
  ...together,
  features: [Feature.ProvisionedCredentials, Feature.ListJobs],
} as const;

type Shown = Readonly<Record<string, unknown>>;

/** The credentials that stand in something: a payload, a row. */
function shownIn(value: unknown): readonly Shown[] {
  const credentials = member(value, "credentials");
  return Array.isArray(credentials) ? credentials.filter(isRecord) : [];
}

const shownOf = ({ message }: Frame) => shownIn(message.payload);

/** Insists on credentials, each with what the draft asks for; gives them. */
function must(t: Trial, credentials: readonly Shown[], where: string): readonly Shown[] {
  t.ok(credentials.length > 0, `${where} has no credentials`);
  for (const one of credentials) {
    for (const name of ["id", "scheme", "value", "endpoint"]) {
      t.ok(typeof one[name] === "string" && one[name] !== "", `${where}: a credential's ${name}`);
    }
  }
  return credentials;
}

/** The value of the first credential that `bearer` presents, as every job of the script has one. */
function bearerOf(t: Trial, credentials: readonly Shown[]): { id: string; value: string } {
  const found = credentials.find(({ scheme }) => scheme === "bearer");
  t.ok(found !== undefined, "the job has a credential of scheme bearer");
  return { id: String(found?.["id"]), value: String(found?.["value"]) };
}

/** Submits a job that goes on until its gate is opened. */
async function goingOn(
  t: Trial,
  peer: Peer,
  steps: readonly ScriptStep[] = [],
  options: SubmitOptions = {},
): Promise<Job & { finish(on?: Peer): Promise<void> }> {
  const gate = t.fresh("gate");
  const job = await t.submit(peer, [...steps, { op: "gate", name: gate }], options);
  const finish = async (on = peer): Promise<void> => {
    await t.succeed(on, [{ op: "open", name: gate }]);
    await job.on(on).terminal();
  };
  return Object.assign(job, { finish });
}

/** Whether the runtime's upstream takes a value now. */
async function accepts(t: Trial, peer: Peer, value: string): Promise<unknown> {
  const call_id = t.fresh("call");
  const job = await t.succeed(peer, [{ op: "present", value, call_id }]);
  const [told] = job.bodies("tool_result").filter((body) => body["call_id"] === call_id);
  return member(told?.["result"], "accepted");
}

/** Waits until the upstream no longer takes a value: revoking is somebody else's act, and takes its time. */
async function revoked(t: Trial, peer: Peer, value: string, when: string): Promise<void> {
  for (let at = 0; at < 20; at++) {
    if ((await accepts(t, peer, value)) === false) return;
    await t.succeed(peer, [{ op: "sleep", ms: 50 }]);
  }
  t.ok(false, `the upstream still takes the value ${when}`);
}

const isRotation = (body: Shown) => body["phase"] === "credential_rotated";
const rotations = (job: Job) => job.bodies("status").filter(isRotation);

/** The values that are told of a credential, rotation by rotation. */
const told = (job: Job, id: string) =>
  rotations(job)
    .filter((body) => body["id"] === id)
    .map((body) => body["value"]);

/** The row of a job in a list. */
async function rowOf(t: Trial, peer: Peer, job: Job): Promise<unknown> {
  const row = (await listAll(t, peer)).find((one) => one["job_id"] === job.id);
  t.ok(row !== undefined, "the job stands in the list");
  return row;
}

/** The cap in USD that constraints state; more than any budget where they state none. */
function capOf(constraints: unknown): number {
  const amounts = member(constraints, "cost.budget");
  if (!Array.isArray(amounts)) return Infinity;
  const caps = amounts.map(String).filter((amount) => amount.startsWith("USD:"));
  return caps.length === 0 ? Infinity : Math.min(...caps.map((cap) => Number(cap.slice(4))));
}

/** Checks of section 9.8, and of 6.6 as far as it is about credentials. */
export const credentialChecks = [
  check(
    {
      id: "runtime/9.8/in-accepted",
      requirements: ["CRED-05"],
      level: "MUST",
      basis: "explicit",
      needs: credentialed,
      mutants: ["accepted-without-credentials", "credentials-without-endpoint"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await goingOn(t, peer);
      const { value } = bearerOf(t, must(t, shownOf(job.accepted), "job.accepted"));
      t.equal(await accepts(t, peer, value), true, "whether the upstream takes the value");
      await job.finish();
    },
  ),
  check(
    {
      id: "runtime/9.8/one-value-for-one-job",
      requirements: ["CRED-07"],
      level: "MUST",
      basis: "explicit",
      needs: credentialed,
      mutants: ["one-value-for-all"],
    },
    async (t) => {
      const peer = await t.session();
      const jobs = [await goingOn(t, peer), await goingOn(t, peer)];
      const values = jobs.map(({ accepted }) => bearerOf(t, shownOf(accepted)).value);
      t.ok(values[0] !== values[1], "two jobs have credentials with one value");
      for (const job of jobs) await job.finish();
    },
  ),
  check(
    {
      id: "runtime/9.8/in-repetition-and-list",
      requirements: ["CRED-26", "LIST-16"],
      level: "MUST",
      basis: "W-34",
      needs: listed,
      mutants: ["repetition-without-credentials", "rows-without-credentials", "credentials-linger"],
    },
    async (t) => {
      const [peer, other] = [await t.session(), await t.session()];
      const options = keyed(t);
      const gate = t.fresh("gate");
      const steps: readonly ScriptStep[] = [{ op: "gate", name: gate }];
      const job = await t.submit(peer, steps, options);
      const credentials = must(t, shownOf(job.accepted), "job.accepted");
      const again = await repeat(t, other, job, steps, options);
      t.equal(shownOf(again.accepted), credentials, "credentials of the repeated job.accepted");
      t.equal(shownIn(await rowOf(t, other, job)), credentials, "credentials in the list");
      await t.succeed(peer, [{ op: "open", name: gate }]);
      await Promise.all([job.terminal(), again.terminal()]);
      const late = await repeat(t, other, job, steps, options);
      t.equal(shownOf(late.accepted), [], "credentials of job.accepted once the job has ended");
      t.equal(shownIn(await rowOf(t, other, job)), [], "credentials in the list then");
    },
  ),
  check(
    {
      id: "runtime/9.8/not-without-the-feature",
      requirements: ["HELLO-12", "CRED-28"],
      level: "MUST",
      basis: "derived",
      needs: listed,
      mutants: ["credentials-to-everybody"],
    },
    async (t) => {
      const owner = await t.session();
      const features = [...owner.features].filter((one) => one !== Feature.ProvisionedCredentials);
      const plain = await t.session({ features });
      const options = keyed(t);
      const [rotate, gate] = [t.fresh("gate"), t.fresh("gate")];
      const steps: readonly ScriptStep[] = [
        { op: "gate", name: rotate },
        { op: "rotate" },
        { op: "gate", name: gate },
      ];
      const job = await t.submit(owner, steps, options);
      must(t, shownOf(job.accepted), "job.accepted with the feature");
      const again = await repeat(t, plain, job, steps, options);
      t.equal(shownOf(again.accepted), [], "credentials without the feature");
      t.equal(shownIn(await rowOf(t, plain, job)), [], "credentials in the list without it");
      await t.succeed(owner, [{ op: "open", name: rotate }]);
      await again.event("status", isRotation);
      t.ok(
        rotations(again).every((body) => body["value"] === undefined),
        "a rotation told its value to a session without the feature",
      );
      await t.succeed(owner, [{ op: "open", name: gate }]);
      await job.terminal();
    },
  ),
  check(
    {
      id: "runtime/9.8/not-for-others",
      requirements: ["CRED-27", "LIST-15"],
      level: "MUST",
      basis: "explicit",
      needs: {
        ...R2B,
        connections: "together",
        features: [Feature.ProvisionedCredentials, Feature.ListJobs],
      },
      mutants: ["credentials-of-others", "leak-rows"],
    },
    async (t) => {
      const [owner, other] = [await t.session(), await t.session({ as: "b" })];
      const options = keyed(t);
      const job = await goingOn(t, owner, [{ op: "rotate" }], options);
      await job.event("status", isRotation);
      const mine = [...shownOf(job.accepted), ...rotations(job)].map((one) => one["value"]);
      must(t, shownOf(job.accepted), "job.accepted");
      const theirs = await goingOn(t, other, [], options);
      must(t, shownOf(theirs.accepted), "job.accepted of the other principal");
      const found = await listAll(t, other);
      t.ok(found.length > 0, "the other principal's list is empty");
      await other.settle();
      for (const value of mine) {
        const leak = other.frames.find(({ text }) => text.includes(String(value)));
        t.ok(leak === undefined, `a value of somebody else's job stands in ${leak?.message.type}`);
      }
      t.ok(
        found.every((one) => one["job_id"] !== job.id),
        "somebody else's job stands in the list",
      );
      await Promise.all([job.finish(), theirs.finish()]);
    },
  ),
  check(
    {
      id: "runtime/9.8/rotation-is-told",
      requirements: ["CRED-09", "CRED-10"],
      level: "MUST",
      basis: "explicit",
      needs: credentialed,
      mutants: ["rotation-without-value", "rotation-of-nothing", "rotation-leaves-the-old"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await goingOn(t, peer, [{ op: "rotate" }]);
      await job.event("status", isRotation);
      const { id, value } = bearerOf(t, must(t, shownOf(job.accepted), "job.accepted"));
      const [fresh, ...more] = told(job, id);
      t.ok(typeof fresh === "string" && fresh !== "", "the new value of the credential");
      t.equal(more, [], "further rotations");
      t.ok(fresh !== value, "the new value is the old one");
      t.equal(await accepts(t, peer, String(fresh)), true, "whether the new value is good");
      await revoked(t, peer, value, "that was replaced");
      await job.finish();
    },
  ),
  check(
    {
      id: "runtime/9.8/superseded-values-are-gone",
      requirements: ["CRED-28", "CRED-29", "CRED-26"],
      level: "MUST",
      basis: "W-34",
      needs: together,
      mutants: ["rotations-keep-their-value", "rotation-replayed-without-value"],
    },
    async (t) => {
      const peer = await t.session();
      const job = await goingOn(t, peer, [{ op: "rotate" }, { op: "rotate" }]);
      const { id } = bearerOf(t, must(t, shownOf(job.accepted), "job.accepted"));
      await peer.expect(() => told(job, id).length === 2, { what: "two rotations" });
      const newest = told(job, id)[1];
      t.ok(typeof newest === "string", "the value of the second rotation");
      peer.cut();
      const resumed = job.on(await t.resume(peer, 0));
      await resumed.peer.expect(() => told(resumed, id).length === 2, { what: "two rotations" });
      t.equal(told(resumed, id), [undefined, newest], "values of the rotations, sent again");
      await job.finish(resumed.peer);
      resumed.peer.cut();
      const over = job.on(await t.resume(resumed.peer, 0));
      await over.terminal();
      t.equal(told(over, id), [undefined, undefined], "values once the job has ended");
    },
  ),
  check(
    {
      id: "runtime/9.8/revoked-at-the-end",
      requirements: ["CRED-11"],
      level: "MUST",
      basis: "explicit",
      needs: credentialed,
      deadlineMs: 60_000,
      mutants: ["values-outlive-their-jobs"],
    },
    async (t) => {
      const peer = await t.session();
      for (const how of ["return", "throw", "cancel"] as const) {
        const end: ScriptStep =
          how === "throw" ? { op: "throw", message: "no" } : { op: "return", value: how };
        const gate = t.fresh("gate");
        const job = await t.submit(peer, [{ op: "gate", name: gate }, end]);
        const { value } = bearerOf(t, must(t, shownOf(job.accepted), "job.accepted"));
        t.equal(await accepts(t, peer, value), true, "whether the value is good");
        if (how === "cancel") {
          await job.cancel();
        } else await t.succeed(peer, [{ op: "open", name: gate }]);
        await job.terminal();
        await revoked(t, peer, value, `of a job that ended by ${how}`);
      }
    },
  ),
  check(
    {
      id: "runtime/9.8/limits-of-the-lease",
      requirements: ["CRED-19", "CRED-20", "CRED-21", "CRED-22", "MODEL-02"],
      level: "SHOULD",
      basis: "explicit",
      needs: {
        ...credentialed,
        features: [
          Feature.ProvisionedCredentials,
          Feature.CostBudget,
          Feature.ModelUse,
          Feature.LeaseExpiresAt,
          Feature.ListJobs,
        ],
      },
      mutants: ["constraints-at-the-beginning", "constraints-without-models"],
    },
    async (t) => {
      const peer = await t.session();
      const expires_at = new Date(Date.now() + 600_000).toISOString();
      const steps: readonly ScriptStep[] = [
        { op: "cost", value: 0.25, unit: "USD", call_id: t.fresh("call") },
        { op: "rotate" },
      ];
      const job = await goingOn(t, peer, steps, {
        payload: {
          lease_request: { "cost.budget": ["USD:1"], "model.use": ["tier-fast/*"] },
          lease_constraints: { expires_at },
        },
      });
      const [first] = must(t, shownOf(job.accepted), "job.accepted");
      const limits = first?.["constraints"];
      t.ok(capOf(limits) <= 1, "the spending cap is above the budget");
      const models = member(limits, "model.use");
      t.ok(Array.isArray(models) && models.length > 0, "no models among the constraints");
      const ends = Date.parse(String(member(limits, "expires_at")));
      t.ok(ends <= Date.parse(expires_at), "the credential outlives its lease");
      await job.event("status", isRotation);
      const [now] = shownIn(await rowOf(t, peer, job));
      t.ok(capOf(now?.["constraints"]) <= 0.75, "the new spending cap is above what is left");
      await job.finish();
    },
  ),
  check(
    {
      id: "runtime/9.8/of-children",
      requirements: ["CRED-15", "CRED-16"],
      level: "MUST",
      basis: "explicit",
      needs: {
        ...credentialed,
        features: [Feature.ProvisionedCredentials, Feature.CostBudget, Feature.ModelUse],
      },
      deadlineMs: 60_000,
      mutants: ["values-outlive-their-jobs", "children-have-their-parents-key"],
    },
    async (t) => {
      const peer = await delegating(t);
      const waits = { op: "gate", name: t.fresh("gate") } as const;
      const go = t.fresh("gate");
      const lease = { "cost.budget": ["USD:0.25"], "model.use": ["tier-fast/small"] };
      const job = await t.submit(
        peer,
        [delegate("one", { lease, steps: [waits] }), { op: "gate", name: go }],
        under({ "cost.budget": ["USD:1"], "model.use": ["tier-fast/*"] }),
      );
      const shown = shownOf((await childOf(job, "one")).accepted);
      if (shown.length === 0) t.notApplicable("issues no credentials to children");
      const { value } = bearerOf(t, must(t, shown, "job.accepted of a child"));
      const limits = shown[0]?.["constraints"];
      t.ok(capOf(limits) <= 0.25, "the child's spending cap is above its budget");
      t.equal(member(limits, "model.use"), ["tier-fast/small"], "models of the child");
      t.equal(await accepts(t, peer, value), true, "whether the child's value is good");
      await t.succeed(peer, [{ op: "open", name: go }]);
      await job.terminal();
      await revoked(t, peer, value, "of a child whose parent has ended");
    },
  ),
];

/** Mutants of provisioned credentials. §9.8 */
import { altered, jobOf, numbered, on, type Body, type Message, type Mutant } from "./mutant.js";

/** Changes the credentials of acceptances. */
const accepted = (change: (credentials: Body[], message: Message) => Body[] | undefined) =>
  on(["job.accepted"], (payload, message) => {
    if (!Array.isArray(payload["credentials"])) return;
    const changed = change(payload["credentials"], message);
    if (changed === undefined) delete payload["credentials"];
    else payload["credentials"] = changed;
  });

/** Changes the bodies of rotations. */
const rotation = (change: (body: Body, message: Message, link: Parameters<Change>[2]) => void) =>
  on(["job.event"], (payload, message, link) => {
    if (payload["body"]?.["phase"] === "credential_rotated") change(payload["body"], message, link);
  });
type Change = Parameters<typeof on>[1];

/** Tells of what the upstream refuses that it accepts it. */
const acceptingAll = on(["job.event"], ({ kind, body }) => {
  if (kind === "tool_result" && body?.["result"]?.["accepted"] === false) {
    body["result"]["accepted"] = true;
  }
});

/** Mutants of section 9.8. */
export const credentialMutants: readonly Mutant[] = [
  {
    name: "accepted-without-credentials",
    about: "issues credentials and tells nobody",
    toClient: accepted(() => undefined),
  },
  {
    name: "credentials-without-endpoint",
    about: "does not say where a credential is valid",
    toClient: accepted((all) => all.map(({ endpoint: _, ...one }) => one)),
  },
  {
    name: "one-value-for-all",
    about: "hands out one key to every job",
    toClient: (message, { shared }) => {
      const [first] = shared.jobs.values();
      const known = first?.first.payload["credentials"];
      return accepted((all) => known ?? all)(message, {} as never);
    },
  },
  {
    name: "children-have-their-parents-key",
    about: "hands a child the credentials of its parent",
    toClient: on(["job.accepted"], (payload, _, { shared }) => {
      const parent = shared.jobs.get(String(payload["parent_job_id"]));
      if (parent !== undefined) payload["credentials"] = parent.first.payload["credentials"];
    }),
  },
  {
    name: "repetition-without-credentials",
    about: "leaves the credentials out of a repeated acceptance",
    toClient: (message, { shared }) => {
      if (message.type !== "job.accepted") return;
      const known = shared.jobs.get(jobOf(message));
      if (
        known !== undefined &&
        known.first.payload["request_id"] !== message.payload["request_id"]
      )
        delete message.payload["credentials"];
    },
  },
  {
    name: "rows-without-credentials",
    about: "leaves the credentials out of lists",
    toClient: on(["session.jobs"], (payload) => {
      payload["jobs"] = payload["jobs"].map(({ credentials: _, ...row }: Body) => row);
    }),
  },
  {
    name: "credentials-linger",
    about: "goes on showing credentials when their job has ended",
    toClient: on(["job.accepted", "session.jobs"], (payload, message, { shared }) => {
      const of = (id: unknown) => shared.jobs.get(String(id))?.first.payload["credentials"];
      if (message.type === "job.accepted") {
        payload["credentials"] ??= of(jobOf(message));
      } else for (const row of payload["jobs"]) row["credentials"] ??= of(row["job_id"]);
    }),
  },
  {
    name: "credentials-to-everybody",
    about: "does not ask whether the session wants to see credentials",
    toClient: (message, { shared, offered }) => {
      const { payload, type } = message;
      if (type === "job.accepted" && payload["credentials"] !== undefined) return;
      if (type !== "job.accepted" || offered.includes("provisioned_credentials")) return;
      const known = shared.jobs.get(jobOf(message))?.first.payload["credentials"];
      if (known !== undefined) return [altered(message, { credentials: known })];
      return undefined;
    },
  },
  {
    name: "credentials-of-others",
    about: "lists the credentials of everybody's jobs",
    toClient: on(["session.jobs"], (payload, _, { shared }) => {
      const all = [...shared.jobs.values()].flatMap(({ first }) => first.payload["credentials"]);
      for (const row of payload["jobs"]) row["credentials"] = all.filter(Boolean);
    }),
  },
  {
    name: "rotation-without-value",
    about: "announces a rotation without the new value",
    toClient: rotation((body) => void delete body["value"]),
  },
  {
    name: "rotation-of-nothing",
    about: "announces a rotation of a credential that nobody has",
    toClient: rotation((body) => void (body["id"] = "cred_mutant")),
  },
  {
    name: "rotation-leaves-the-old",
    about: "rotates, and leaves the old value good",
    toClient: acceptingAll,
  },
  {
    name: "values-outlive-their-jobs",
    about: "does not revoke what its jobs had",
    toClient: acceptingAll,
  },
  {
    name: "rotations-keep-their-value",
    about: "stores rotations with their values",
    toClient: rotation((body, message, { shared }) => {
      const { memory } = shared;
      // Its place in the log is the same however often it is sent.
      const place = `${jobOf(message)}:${String(message["event_seq"])}`;
      if (body["value"] === undefined) body["value"] = memory.get(place);
      else memory.set(place, body["value"]);
    }),
  },
  {
    name: "rotation-replayed-without-value",
    about: "tells the value of a rotation live, and never again",
    toClient: (message, link) => {
      if (!numbered(message) || !link.resumed) return;
      rotation((body) => void delete body["value"])(message, link);
    },
  },
  {
    name: "constraints-at-the-beginning",
    about: "gives a new credential what the job began with, not what it has left",
    toClient: on(["session.jobs"], (payload, _, { shared }) => {
      for (const row of payload["jobs"]) {
        const first = shared.jobs.get(String(row["job_id"]))?.first.payload["credentials"]?.[0];
        for (const one of row["credentials"] ?? []) one["constraints"] = first?.["constraints"];
      }
    }),
  },
  {
    name: "constraints-without-models",
    about: "leaves it to the agent which models it calls",
    toClient: accepted((all) => {
      for (const one of all) delete one["constraints"]?.["model.use"];
      return all;
    }),
  },
];

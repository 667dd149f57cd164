/** The page: connects, lists jobs, submits one and follows it. Whatever comes from the runtime is shown as text. */
// With a bundler this is "arcp/client". Here serve.ts gives the package's own files, which need none.
import { ArcpError, connect } from "./arcp/runtime-kit/client/index.js";

const $ = (id) => document.getElementById(id);

/** The events of a job that stay on the page. */
const SHOWN = 500;

let client;
let job;

function say(state, text) {
  $("line").dataset.state = state;
  $("line").textContent = text;
}

/** What is true of the connection: said again once an error has been read. */
let connection = ["idle", "not connected"];

function sayConnection(state, text) {
  connection = [state, text];
  say(state, text);
}

/** An `ArcpError` says what to do about it. */
function sayError(error) {
  const hint = ArcpError.is(error) && error.hint ? ` (${error.hint})` : "";
  say("failed", `${error.message}${hint}`);
}

/** Handles an event of the page; what fails is said in its status line. */
function on(id, event, handle) {
  $(id).addEventListener(event, async (occurred) => {
    occurred.preventDefault();
    if ($("line").dataset.state === "failed") say(...connection);
    try {
      await handle(new FormData(event === "submit" ? $(id) : undefined));
    } catch (error) {
      sayError(error);
    }
  });
}

on("connect", "submit", async (form) => {
  await client?.close();
  $("session").hidden = true;
  say("waiting", "connecting");
  client = await connect(form.get("url"), {
    token: form.get("token"), // stays in this page's memory: not in its address, not in any storage
    name: "arcp example page",
    on: {
      reconnecting: ({ attempt }) =>
        sayConnection("waiting", `connection lost; attempt ${attempt}`),
      resumed: () => sayConnection("connected", "resumed; nothing was lost"),
      gap: ({ error }) => {
        sayConnection("connected", "connected again; some events were lost");
        if (error) sayError(error);
      },
      closed: ({ error }) => {
        sayConnection("idle", "not connected");
        if (error) sayError(error);
      },
    },
  });
  $("connect").elements.token.value = "";
  sayConnection("connected", `connected to ${client.session.runtime.name}`);
  const agents = client.agents.map(({ name }) => element("option", name));
  $("submit").elements.agent.replaceChildren(...agents);
  $("session").hidden = false;
  await listJobs();
});

on("refresh", "click", listJobs);

async function listJobs() {
  const rows = [];
  for await (const each of client.jobs({ limit: 50 })) {
    const cells = [each.job_id, each.agent, each.status, each.created_at];
    const row = element("tr");
    row.append(...cells.map((text) => element("td", text)));
    rows.push(row);
  }
  $("jobs").replaceChildren(...rows);
}

on("submit", "submit", async (form) => {
  const submitted = await client.submit(form.get("agent"), JSON.parse(form.get("input") || "null"));
  job = submitted;
  $("job").hidden = false;
  $("job-title").textContent = `${submitted.agent} ${submitted.id}`;
  $("progress").hidden = true;
  $("events").replaceChildren();
  $("result").textContent = "";
  $("cancel").disabled = false;
  await Promise.all([listJobs(), follow(submitted)]);
});

on("cancel", "click", () => job.cancel("cancelled in the page"));

/** Shows a job until it has ended. Another may be submitted meanwhile, and takes the place on the page. */
async function follow(followed) {
  for await (const event of followed) if (followed === job) show(event);
  const text = await followed.result().then(
    (result) => JSON.stringify(result, undefined, 2) ?? "no result",
    (error) => error.message,
  );
  if (followed === job) {
    $("result").textContent = text;
    $("cancel").disabled = true;
  }
  await listJobs();
}

function show({ seq, kind, body }) {
  if (kind === "progress" && body.total !== undefined) {
    Object.assign($("progress"), { hidden: false, max: body.total, value: body.current });
  }
  const item = element("li", `${kind} ${JSON.stringify(body)}`);
  item.value = seq;
  $("events").append(item);
  if ($("events").childElementCount > SHOWN) $("events").firstElementChild.remove();
  item.scrollIntoView({ block: "nearest" });
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

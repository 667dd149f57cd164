/** Hosts an agent, and lets the people on call look at everybody's deployments, and at nothing else. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

const STEPS = ["build", "test", "upload", "switch over"];

function deploy(name: string) {
  return defineAgent<{ pauseMs: number }>({
    name,
    async run({ pauseMs }, ctx) {
      for (const [at, step] of STEPS.entries()) {
        ctx.log("info", step);
        await ctx.progress(at + 1, STEPS.length);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      return { live: true };
    },
  });
}

const runtime = createRuntime({
  agents: [deploy("deploy"), deploy("secret-deploy")],
  auth: bearer({ "dev-token": "dev@example.com", "oncall-token": "oncall@example.com" }),
  policy: {
    // Without this nobody sees what another principal does. `deny` would tell that there is such a job; `hide` does not.
    observe: ({ identity, job }) =>
      identity.principal === "oncall@example.com" && job.agent.startsWith("deploy@")
        ? "allow"
        : "hide",
  },
});
const server = await serve(runtime, { port: Number(process.env["PORT"] ?? 7777) });
console.log(`listening at ${server.url}`);

/** Hosts agents whose results are too large for one message, or not all there at once. */
import { bearer, createRuntime, defineAgent } from "arcp";
import { serve } from "arcp/node";

/** A million bytes, each known from its place. */
function* bytes(): Generator<Uint8Array> {
  for (let start = 0; start < 1_000_000; start += 100_000) {
    yield Uint8Array.from({ length: 100_000 }, (_, at) => (start + at) % 251);
  }
}

const binary = defineAgent({
  name: "binary",
  // Return what `ctx.stream` gives: the job ends when the last chunk is out, and not before.
  run: (_input, ctx) => ctx.stream(bytes(), { summary: "one million bytes" }),
});

const poem = defineAgent({
  name: "poem",
  run: (_input, ctx) => ctx.stream(["Roses are red,\n", "violets are blue …\n"]),
});

const runtime = createRuntime({
  agents: [binary, poem],
  auth: bearer({ "example-token": "ada@example.com" }),
});
const server = await serve(runtime, { port: Number(process.env.PORT ?? 7777) });
console.log(`listening at ${server.url}`);

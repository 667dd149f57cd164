/** Takes streamed results: as bytes while they come, as one value, or chunk by chunk. */
import { createHash } from "node:crypto";
import { connect } from "arcp";

const url = process.argv[2] ?? "ws://127.0.0.1:7777/arcp";
const client = await connect(url, { token: "example-token" });

// 1. A ReadableStream of bytes: in memory is only what was not read yet. Order and size are verified.
const binary = await client.submit("binary");
const hash = createHash("sha256");
let size = 0;
for await (const piece of binary.stream()) {
  hash.update(piece);
  size += piece.length;
}
const expected = createHash("sha256").update(Uint8Array.from({ length: 1e6 }, (_, at) => at % 251));
console.log(`binary: ${size} bytes, intact: ${hash.digest("hex") === expected.digest("hex")}`);

// 2. The whole at once: a string, if every chunk was text, else a Uint8Array.
const text = await (await client.submit<string>("poem")).result();
console.log(`poem: ${JSON.stringify(text)}`);

// 3. The chunks themselves are events too, until `stream()` takes them.
const chunks = await client.submit("poem");
for await (const event of chunks) {
  if (event.kind !== "result_chunk") continue;
  const { chunk_seq, data, encoding, more } = event.body;
  console.log(`chunk ${chunk_seq}: ${JSON.stringify(data)} ${encoding}, more: ${more}`);
}

await client.close();

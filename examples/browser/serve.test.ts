import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("answers whatever a request names, and goes on", async () => {
  const args = [
    "--import",
    import.meta.resolve("tsx"),
    fileURLToPath(new URL("serve.ts", import.meta.url)),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    const port = Number(/open http:\/\/127\.0\.0\.1:(\d+)/.exec(String(said))![1]);
    for (const [target, status] of [
      ["//", 404],
      ["//[", 404],
      ["http://[/", 404],
      ["/../serve.ts", 404],
      ["/?x", 200],
    ] as const) {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET ${target} HTTP/1.1\r\nHost: page\r\nConnection: close\r\n\r\n`);
      expect(await text(socket), target).toMatch(`HTTP/1.1 ${status} `);
    }
  } finally {
    child.kill();
  }
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Transform } from "node:stream";
import { describe, expect, it } from "vitest";
import { describeTransport, readAll, readSome } from "./contract.js";
import type { TransportPair } from "./contract.js";
import { stdioTransport } from "./stdio.js";
import type { StdioTransportOptions } from "./stdio-options.js";

const LIMITS = { noCodes: true };

/** Two ends with this between them, each way. */
function joined(pipe: () => Transform): TransportPair {
  const [there, back] = [pipe(), pipe()];
  const a = stdioTransport(back, there);
  const b = stdioTransport(there, back);
  return {
    a,
    b,
    drop() {
      there.destroy();
      back.destroy();
    },
  };
}

/** Passes bytes on in pieces of a size that no character and no line knows. */
function cutting(size: number): Transform {
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      for (let at = 0; at < bytes.length; at += size) this.push(bytes.subarray(at, at + size));
      done();
    },
  });
}

/** Two ends with a process between them, each way, so that the pipes are real. */
function throughProcesses(options: StdioTransportOptions = {}): TransportPair {
  const cats = [spawn("cat"), spawn("cat")] as const;
  for (const cat of cats) cat.on("error", () => undefined);
  const [there, back] = cats;
  const a = stdioTransport(back.stdout, there.stdin, options);
  const b = stdioTransport(there.stdout, back.stdin, options);
  const ended = Promise.all(cats.map((cat) => once(cat, "close")));
  return {
    a,
    b,
    drop: () => cats.forEach((cat) => cat.kill("SIGKILL")),
    dispose: async () => void (await ended),
  };
}

describeTransport("stdio, in memory", () => joined(() => new PassThrough()), LIMITS);
describeTransport("stdio, in odd pieces", () => joined(() => cutting(1009)), LIMITS);
// The pipes of a busy machine may stand still for seconds, and 64 MB leave in one write, which shows no progress.
const patient = { closeTimeoutMs: 60_000 };
describeTransport("stdio, through processes", () => throughProcesses(patient), LIMITS);
describeTransport(
  "stdio, through processes, with room for one frame",
  () => throughProcesses({ ...patient, mark: 1, readMark: 1 }),
  LIMITS,
);

/** One end, and the streams that its peer would have. */
function end(options: StdioTransportOptions = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input, output, transport: stdioTransport(input, output, options) };
}

describe("stdioTransport", () => {
  it("TRN-10 writes one line a frame, whatever white space the JSON has", async () => {
    const { output, transport } = end();
    await transport.send(['{"a":\r\n 1}', "{}"]);
    expect(output.read().toString()).toBe('{"a":  1}\n{}\n');
  });

  it("TRN-16 takes the end of its input for a connection that dropped, and ends its output", async () => {
    const { input, output, transport } = end();
    input.end('{"a":1}\n');
    expect(await readAll(transport)).toEqual({
      frames: ['{"a":1}'],
      closed: { code: 1006, reason: "" },
    });
    output.resume();
    await once(output, "end");
    expect(await transport.ended).toEqual({ code: 1006, reason: "" });
  });

  it("drops a line that was cut off, and says so", async () => {
    const { input, transport } = end();
    input.end('{"a":1}\n{"b"');
    expect(await readAll(transport)).toEqual({
      frames: ['{"a":1}'],
      closed: { code: 1006, reason: "the input ended within a line" },
    });
  });

  it.each([
    [{ code: 1009, reason: "the line is too long" }, Buffer.from(`{"b":"${"x".repeat(100)}"}\n`)],
    [{ code: 1007, reason: "the line is not UTF-8" }, Buffer.from([0xff, 0x0a])],
  ])("TRN-14 ends with %o, after what was good", async (closed, bytes) => {
    const { input, output, transport } = end({ maxFrameBytes: 50 });
    input.write('{"a":1}\n');
    input.write(bytes);
    input.write('{"c":1}\n');
    expect(await readAll(transport)).toEqual({ frames: ['{"a":1}'], closed });
    output.resume();
    await once(output, "end");
  });

  it("takes a line of 1 MiB, and holds no more of an endless one", async () => {
    const { input, transport } = end();
    const line = `"${"x".repeat(1024 * 1024 - 2)}"`;
    input.write(`${line}\n`);
    expect(await readSome(transport, 1)).toEqual([line]);
    const piece = Buffer.alloc(64 * 1024, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 1024; at += 1) {
      if (!input.write(piece)) await new Promise(setImmediate);
    }
    expect((await readAll(transport)).closed.code).toBe(1009);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  it("stops reading an endless row of lines that nobody takes", async () => {
    const { input, transport } = end({ closeTimeoutMs: 10 });
    const piece = Buffer.from('{"a":1}\n'.repeat(8 * 1024));
    let pieces = 0;
    while (
      pieces < 1_000 &&
      (input.write(piece), !input.isPaused() || input.writableLength === 0)
    ) {
      pieces += 1;
      await new Promise(setImmediate);
    }
    expect(pieces).toBeLessThan(100);
    expect(await readSome(transport, 1)).toEqual(['{"a":1}']);
    await transport.close();
  });

  it("goes on hearing a peer that no longer reads, until it ends", async () => {
    const { input, output, transport } = end();
    output.destroy(Object.assign(new Error("EPIPE"), { code: "EPIPE" }));
    await new Promise((resolve) => output.once("close", resolve));
    await transport.send(["to nobody"]);
    input.end('{"last":1}\n');
    expect(await readAll(transport)).toEqual({
      frames: ['{"last":1}'],
      closed: { code: 1006, reason: "" },
    });
  });

  it("holds no more of what comes when its output failed and nobody reads", async () => {
    const { input, output, transport } = end({ closeTimeoutMs: 60_000 });
    const piece = Buffer.from('{"a":1}\n'.repeat(8 * 1024));
    const flood = async () => {
      for (let n = 0; n < 50; n += 1) {
        input.write(piece);
        await new Promise(setImmediate);
      }
    };
    await flood();
    expect(input.isPaused()).toBe(true);
    output.destroy();
    await new Promise((resolve) => output.once("close", resolve));
    await flood();
    input.destroy();
    expect((await readAll(transport)).frames.length).toBeLessThan(50_000);
  });

  it("gives up a peer that neither reads nor ends", async () => {
    const { transport, output } = end({ closeTimeoutMs: 10 });
    output.destroy();
    expect((await readAll(transport)).closed.code).toBe(1006);
    const stuck = end({ closeTimeoutMs: 10 });
    void stuck.transport.send(["x".repeat(1024 * 1024)]);
    await stuck.transport.close(4001, "stuck");
    expect(stuck.output.destroyed).toBe(true);
  });

  it("survives streams that were over before it came", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.destroy();
    output.destroy();
    await once(output, "close");
    const transport = stdioTransport(input, output);
    await transport.send(["to nobody"]);
    expect((await readAll(transport)).closed.code).toBe(1006);
    await transport.close();
  });

  it("TRN-15 says that its peer may read lines of 60 KiB only, unless told otherwise", () => {
    expect(end().transport.frameBytes).toBe(60 * 1024);
    expect(end({ lineBytes: 1024 * 1024 }).transport.frameBytes).toBe(1024 * 1024);
  });
});

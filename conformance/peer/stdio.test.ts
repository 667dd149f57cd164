import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { commandOf } from "../run/fake-child.test-helper.js";
import { startChild } from "./child.js";
import { LineCutter } from "./lines.js";
import { StdioSocket } from "./stdio.js";

const sockets: StdioSocket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));

/** Starts a command and keeps what it says. */
async function talk(command: string) {
  const socket = new StdioSocket(await startChild(command));
  sockets.push(socket);
  const messages: string[] = [];
  const notes: string[] = [];
  socket.on("message", (data: unknown, binary: boolean) => {
    messages.push(binary ? `(binary) ${String(data).length}` : String(data));
  });
  socket.on("note", (text: string) => notes.push(text));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on("close", (code: number, reason: Uint8Array) =>
      resolve({ code, reason: Buffer.from(reason).toString() }),
    ),
  );
  return { socket, messages, notes, closed };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("lines", () => {
  it("are cut wherever the pieces end, characters of several bytes included", () => {
    const bytes = Buffer.from('{"a":"é😀"}\n\nsecond\r\nlast');
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const lines: string[] = [];
      const cutter = new LineCutter((line) => lines.push(String(line)));
      for (let at = 0; at < bytes.length; at += size) cutter.push(bytes.subarray(at, at + size));
      cutter.end();
      expect(lines).toEqual(['{"a":"é😀"}', "", "second\r", "last"]);
    }
  });
});

describe("a child on stdio", () => {
  it("is read line by line: blank ones are none, and what is not UTF-8 is bytes", async () => {
    const { messages, closed } = await talk(
      commandOf(() => {
        process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));
        process.stdout.write('one\n\n  \r\nt\u00fcwo\n{"half":');
        process.stdout.write("true}");
      }),
    );
    expect(await closed).toEqual({ code: 1005, reason: "exited with 0" });
    expect(messages).toEqual(["(binary) 2", "one", "tüwo", '{"half":true}']);
  });

  it("is written to line by line, and ends with its input", async () => {
    const { socket, messages, closed } = await talk("cat");
    socket.send("hello");
    socket.send(Buffer.from("bytes"));
    await until(() => messages.length === 2);
    expect(messages).toEqual(["hello", "bytes"]);
    socket.close();
    expect((await closed).reason).toBe("exited with 0");
    socket.send("to nobody");
  });

  it("tells what its standard error said, and how it ended", async () => {
    const { notes, closed } = await talk("echo 'no such file' >&2; exit 3");
    expect((await closed).reason).toBe("exited with 3; it said: no such file");
    expect(notes).toEqual(["standard error: no such file"]);
    const nobody = await talk("no-such-command-anywhere");
    expect((await nobody.closed).reason).toMatch(/^exited with 127; it said: .*not found/);
  });

  it("keeps no more of its standard error than can be read", async () => {
    const { notes, closed } = await talk(
      "i=0; while [ $i -lt 1000 ]; do echo $i >&2; i=$((i+1)); done",
    );
    await closed;
    expect(notes).toHaveLength(200);
  });

  it("is killed with everything that it started", async () => {
    const { socket, messages, closed } = await talk("sleep 1000 & echo $!; cat");
    await until(() => messages.length === 1);
    const grandchild = Number(messages[0]);
    expect(alive(grandchild)).toBe(true);
    socket.terminate();
    expect((await closed).reason).toBe("ended by SIGKILL");
    await until(() => !alive(grandchild));
  });

  it("leaves nothing behind when it ends by itself", async () => {
    const { messages, closed } = await talk("sleep 1000 >/dev/null 2>&1 & echo $!");
    await closed;
    await until(() => !alive(Number(messages[0])));
  });
});

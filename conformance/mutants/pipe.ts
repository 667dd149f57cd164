/** What a proxy is on a WebSocket, on the standard streams of a child: between the two, one mutant changes the lines. */
import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import type { Child } from "../peer/child.js";
import { LineCutter } from "../peer/lines.js";
import { newLink, noteFromClient, noteFromRuntime, pass, readMessage } from "./link.js";
import type { Message, Mutant, Shared } from "./mutant.js";

/** How to start a child behind the mutant. `shared` is what all connections through the mutant know. */
export function mutatedChild(mutant: Mutant, shared: Shared) {
  return async (start: () => Promise<Child>): Promise<Child> => {
    const late = mutant.dialsLate === true;
    return join(late ? undefined : await start(), start, mutant, shared);
  };
}

function join(
  early: Child | undefined,
  start: () => Promise<Child>,
  mutant: Mutant,
  shared: Shared,
): Child {
  const output = new PassThrough();
  const errors = new PassThrough();
  let killed = false;
  let settle: (how: string) => void;
  const ended = new Promise<string>((resolve) => (settle = resolve));
  /** The connection is over for the suite, whatever the child does. */
  const over = (how: string) => {
    output.end();
    settle(how);
  };
  const write = (child: Child, text: string | Buffer) => {
    if (child.input.writable) child.input.write(text);
  };
  const toClient = (message: Message, original?: string) => {
    const plain = original ?? JSON.stringify(message);
    const text = mutant.textToClient?.(plain, message) ?? plain;
    writeOut(mutant.bytesToClient?.(text) ?? Buffer.from(text));
  };
  const writeOut = (line: Buffer) => {
    if (output.writable) {
      output.write(mutant.lines?.write?.(line) ?? Buffer.concat([line, Buffer.from("\n")]));
    }
  };
  const link = newLink(shared, "", {
    toClient: (message) => toClient(message),
    toServer: (message) => void child.then((c) => write(c, `${JSON.stringify(message)}\n`)),
    closeClient: () => over("ended by the mutant"),
  });
  shared.links.add(link);

  const attach = (child: Child): Child => {
    if (killed) child.kill();
    child.input.on("error", () => {});
    child.errors.pipe(errors);
    const lines = new LineCutter((line) => {
      const message = readMessage(String(line));
      if (message === undefined) return writeOut(line);
      noteFromRuntime(link, message);
      return pass(String(line), message, mutant.toClient?.(message, link), toClient);
    });
    child.output.on("data", (bytes: Buffer) => lines.push(bytes));
    const drained = new Promise<void>((resolve) => child.output.once("end", resolve));
    void Promise.all([child.ended, drained]).then(([how]) => {
      lines.end();
      if (killed || mutant.staysOpen?.(link, 1005) !== true) over(how);
    });
    return child;
  };

  let begun = early !== undefined;
  let begin: () => void = () => {};
  const child = early
    ? Promise.resolve(attach(early))
    : new Promise<void>((resolve) => (begin = resolve)).then(start).then(attach);

  const toServer = async (line: Buffer) => {
    const to = await child;
    const read = mutant.lines?.readLine?.(line) ?? line;
    // What is no text is no message to be changed.
    if (!isUtf8(read)) return write(to, Buffer.concat([read, Buffer.from("\n")]));
    const text = mutant.textToServer ? mutant.textToServer(String(read)) : String(read);
    if (text === undefined) return;
    const message = readMessage(text);
    if (message === undefined) {
      const same = text === String(read);
      write(to, Buffer.concat([same ? read : Buffer.from(text), Buffer.from("\n")]));
      return;
    }
    noteFromClient(link, message);
    const forward = (m: Message, original?: string) =>
      write(to, `${original ?? JSON.stringify(m)}\n`);
    pass(text, message, mutant.toServer?.(message, link), forward);
  };
  let queue: Promise<void> = Promise.resolve();
  const lines = new LineCutter((line) => (queue = queue.then(() => toServer(line))));
  const input = new Writable({
    write: (bytes: Buffer, _, done) => {
      if (!begun) begin();
      begun = true;
      lines.push(mutant.lines?.read?.(bytes, link.memory) ?? bytes);
      done();
    },
    final: (done) => {
      const { rest } = lines;
      if (mutant.lines?.endsLastLine === true) {
        lines.end();
        // A runtime that took it for a message would answer before it ends.
        queue = queue
          .then(() => child)
          .then((c) => once(c.output, "data"))
          .then(() => undefined);
      } else if (rest.length > 0) queue = queue.then(async () => write(await child, rest));
      begin();
      if (mutant.lines?.deafToEnd !== true) {
        void queue.then(() => child).then((c) => c.input.end());
      }
      done();
    },
  });
  const kill = () => {
    killed = true;
    shared.links.delete(link);
    mutant.clientGone?.(link);
    begin();
    void child.then((c) => c.kill());
    over("ended by SIGKILL");
  };
  return { input, output, errors, ended, kill };
}

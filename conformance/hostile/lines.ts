/** Lines over a socket, at a runtime that serves them there as it does on stdio. */
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Ears } from "./wire.js";
import type { Wire } from "./wire.js";

/** Opens a connection. A number alone on a line is how it ended. */
export function dialLines(port: number): Wire {
  const socket = connect(port, "127.0.0.1");
  const ears = new Ears();
  let code = 1006;
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    if (/^\d+$/.test(line)) code = Number(line);
    else ears.tell({ message: JSON.parse(line) as Record<string, unknown> });
  });
  lines.on("close", () => ears.tell({ closed: code }));
  // Who is reset hears no more, which is an end too.
  lines.on("error", () => {});
  socket.on("error", () => {});
  return {
    text: (frame) => void socket.write(`${frame}\n`),
    bytes: (bytes) => void socket.write(bytes),
    next: () => ears.next(),
    end: async () => {
      socket.destroy();
    },
  };
}

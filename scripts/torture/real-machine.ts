import { WebSocket } from "ws";
import { clock } from "./history.js";
import type { Heard, Machine, Socket } from "./machine.js";

/** This machine: its clock, and WebSockets to its processes. */
export const realMachine: Machine = {
  clock,
  timer(ms, callback) {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
  dial: (address, heard) => dial(address, heard),
};

async function dial(address: string, heard: Heard): Promise<Socket | undefined> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on("message", (data) => heard.message(String(data)));
  const opened = await new Promise<boolean>((resolve) => {
    socket.once("open", () => {
      socket.on("close", (code) => heard.closed(code));
      resolve(true);
    });
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
  });
  if (!opened) return undefined;
  return {
    get open() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (text) => socket.send(text),
    terminate: () => socket.terminate(),
  };
}

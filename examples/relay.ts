/** A TCP relay in front of a runtime: the cable between client and runtime, for whoever wants to pull it. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A relay that listens. */
export interface Relay {
  /** What clients connect to instead of the runtime's own address. */
  readonly url: string;
  /** Destroys every connection, both sides at once and without a goodbye. The next one is relayed again. */
  cut(): void;
  close(): void;
}

/** Relays a free port of 127.0.0.1 to the runtime at `target`, a `ws://` URL. */
export async function relayTo(target: string): Promise<Relay> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined); // the close that follows is all that matters
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

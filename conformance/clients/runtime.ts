/** The fake runtime: a WebSocket server on this machine that does nothing but what a check says. */
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { CheckFailed } from "../peer/faults.js";
import type { WireLog } from "../peer/log.js";
import { Peer } from "../peer/peer.js";

/** What it needs from its surroundings. */
interface Context {
  readonly log: WireLog;
  readonly scale: (ms: number) => number;
  readonly fresh: (prefix: string) => string;
}

/** A server whose every connection is in the hands of a check. */
export class FakeRuntime {
  /** Every connection so far, in the order in which they came. */
  readonly peers: Peer[] = [];
  /** The path and query with which each was asked for. */
  readonly paths: string[] = [];
  readonly #server: WebSocketServer;
  readonly #sockets: WebSocket[] = [];
  readonly #scale: (ms: number) => number;
  #taken = 0;
  #arrived: () => void = () => undefined;

  private constructor(server: WebSocketServer, { log, scale, fresh }: Context) {
    this.#server = server;
    this.#scale = scale;
    server.on("connection", (socket, request) => {
      const name = `c${this.peers.length + 1}`;
      log.add(name, "*", `upgrade of ${request.url ?? ""}`);
      this.paths.push(request.url ?? "");
      this.#sockets.push(socket);
      const peer = new Peer(socket, { name, log, scale, fresh });
      // This runtime says nothing but what a check says.
      peer.answersPings = false;
      this.peers.push(peer);
      this.#arrived();
    });
  }

  /** Starts one on a free port of this machine. */
  static async start(context: Context): Promise<FakeRuntime> {
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port: 0,
      path: "/arcp",
      perMessageDeflate: false,
      // Whatever a client sends must be seen, not cut off here.
      maxPayload: 64 * 1024 * 1024,
    });
    await new Promise((resolve) => server.once("listening", resolve));
    return new FakeRuntime(server, context);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/arcp`;
  }

  /** How many connections came that no check has taken. */
  get waiting(): number {
    return this.peers.length - this.#taken;
  }

  /** Takes the next connection, in their order; waits for it if need be. `within` in milliseconds before scaling. */
  async next(within = 12_000): Promise<Peer> {
    if (this.waiting === 0) {
      const ms = this.#scale(within);
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        const late = () =>
          reject(new CheckFailed(`no connection within ${Math.round(ms)} ms`, true));
        timer = setTimeout(late, ms);
        this.#arrived = resolve;
      }).finally(() => clearTimeout(timer));
    }
    return this.peers[this.#taken++]!;
  }

  /**
   * What the client had written before has arrived: a fence where there is no session yet. It is the WebSocket's own
   * ping, which the transport answers in the order of its frames. §4.1
   */
  async drained(peer: Peer): Promise<void> {
    const socket = this.#sockets[this.peers.indexOf(peer)];
    if (socket === undefined) return;
    await new Promise<void>((resolve) => {
      socket.once("pong", () => resolve());
      socket.once("close", () => resolve());
      socket.ping();
    });
  }

  /** Ends every connection, and listens no more. */
  end(): void {
    for (const peer of this.peers) peer.cut();
    this.#server.close();
  }
}

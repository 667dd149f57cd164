/** `arcp/testing`: for tests of agents, clients and runtimes, under any test runner. Nothing here sleeps. */
export { memoryPair } from "../transports/memory.js";
export type { MemoryPairOptions, MemoryTransport } from "../transports/memory.js";
export type { Clock, Entropy } from "../wire/time.js";
export { testAgent } from "./agent.js";
export type { AgentRun, TestAgentOptions, TestCredential, ToolStub } from "./agent.js";
export { testClock } from "./clock.js";
export type { TestClock } from "./clock.js";
export { seededEntropy } from "./entropy.js";
export { message } from "./message.js";
export type { EnvelopeFields } from "./message.js";
export type { ScriptedPeer, SeenMessage } from "./peer.js";
export { scriptedClient } from "./scripted-client.js";
export type { Acceptor, HelloOptions, ScriptedClient } from "./scripted-client.js";
export { scriptedRuntime } from "./scripted-runtime.js";
export type { ScriptedConnection, ScriptedRuntime } from "./scripted-runtime.js";

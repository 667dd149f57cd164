#!/usr/bin/env node
/** The command `arcp`. */
import process from "node:process";
import type { EndSignal, Io } from "./io.js";
import { main } from "./program.js";

let signals = 0;
let leaving = false;
const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  // Opened by whoever reads it: to open a standard input that is not there fails.
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  onSignal(listener) {
    const heard = (signal: EndSignal): void => {
      signals += 1;
      listener(signal);
    };
    process.on("SIGINT", heard).on("SIGTERM", heard);
    return () => void process.off("SIGINT", heard).off("SIGTERM", heard);
  },
  leave() {
    leaving = true;
  },
  onIdle(listener) {
    process.on("beforeExit", listener);
    return () => void process.off("beforeExit", listener);
  },
  onStray(listener) {
    process.on("unhandledRejection", listener).on("uncaughtException", listener);
    return () =>
      void process.off("unhandledRejection", listener).off("uncaughtException", listener);
  },
};

/** An agent in this process can end it, and with it the jobs of everybody else. */
const unasked = (code: number): void => {
  process.stderr.write(
    `arcp: the process ends with ${code} before the command does: some code in it called process.exit, or waits for what cannot come\n`,
  );
};
process.once("exit", unasked);
process.exitCode = await main(process.argv.slice(2), io);
process.off("exit", unasked);

// Who asks twice, or has nobody left to serve, does not wait for what is still open. What was written is out: `main` waits for that.
if (leaving || signals > 1) process.exit();

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
  onStray(listener) {
    process.on("unhandledRejection", listener).on("uncaughtException", listener);
    return () =>
      void process.off("unhandledRejection", listener).off("uncaughtException", listener);
  },
};

process.exitCode = await main(process.argv.slice(2), io);

// Who asks twice, or has nobody left to serve, does not wait for what is still open. What was written is out: `main` waits for that.
if (leaving || signals > 1) process.exit();

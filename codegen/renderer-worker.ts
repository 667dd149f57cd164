import { parentPort } from "node:worker_threads";
import { emitAll } from "./emit/emit.js";
import type { Answer, Order } from "./renderer.js";

parentPort?.on("message", ({ model, generator }: Order) => {
  void emitAll(model, generator)
    .then(
      (artefacts): Answer => ({ artefacts }),
      (error: unknown): Answer => ({ error: error instanceof Error ? error.message : String(error) }),
    )
    .then((answer) => parentPort?.postMessage(answer));
});

// Rendering loads these only when it comes to the types; here there is time before the model comes.
void import("json-schema-to-typescript").then(() => import("ts-morph"));

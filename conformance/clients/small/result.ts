/** The result of one job, from its terminal or from its chunks. §8.1, §8.4 */
import type { Loose } from "../driver.js";
import type { FaultName } from "./faults.js";

/** Collects the chunks of one job. */
export class Result {
  readonly #has: (fault: FaultName) => boolean;
  readonly #parts: Buffer[] = [];
  #id: unknown;
  #text = true;
  #broken: string | undefined;

  constructor(has: (fault: FaultName) => boolean) {
    this.#has = has;
  }

  add({ result_id, chunk_seq, data, encoding }: Loose): void {
    this.#id ??= result_id;
    if (result_id !== this.#id && !this.#has("chunks-of-anybody")) {
      this.#broken = "a chunk of another result";
      return;
    }
    if (chunk_seq !== this.#parts.length && !this.#has("chunks-as-they-come")) {
      if (Number(chunk_seq) > this.#parts.length) this.#broken = "a chunk is missing";
      return;
    }
    const base64 = encoding === "base64" && !this.#has("base64-undecoded");
    this.#text &&= encoding === "utf8";
    this.#parts.push(Buffer.from(String(data), base64 ? "base64" : "utf8"));
  }

  /** How the job ended, by its `job.result`. */
  outcome(payload: Loose): Loose {
    const { final_status: status, result_id, result_size } = payload;
    if (status !== "success" && !this.#has("result-is-success")) {
      const error = {
        code: "INTERNAL_ERROR",
        message: `ended ${String(status)}`,
        retryable: false,
      };
      return { status, error };
    }
    const streamed =
      result_id !== undefined || (this.#has("prefers-chunks") && this.#parts.length > 0);
    if (!streamed) return { status: "success", result: inline(payload, this.#has("result-only")) };
    const bytes = Buffer.concat(this.#has("last-chunk-only") ? this.#parts.slice(-1) : this.#parts);
    if (
      typeof result_size === "number" &&
      result_size !== bytes.length &&
      !this.#has("size-unchecked")
    ) {
      this.#broken ??= `${bytes.length} bytes instead of ${result_size}`;
    }
    if (result_id !== undefined && result_id !== this.#id && !this.#has("chunks-of-anybody")) {
      this.#broken ??= "the chunks are of another result";
    }
    if (this.#broken !== undefined) {
      return {
        status: "error",
        error: { code: "PROTOCOL", message: this.#broken, retryable: false },
      };
    }
    const result = this.#text ? bytes.toString() : { base64: bytes.toString("base64") };
    return { status: "success", result };
  }
}

function inline(payload: Loose, strict: boolean): unknown {
  const names = strict ? ["result"] : ["result", "output", "value"];
  return payload[names.find((name) => name in payload) ?? ""];
}

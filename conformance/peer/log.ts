/**
 * The log of the wire: every frame, both ways, with its time. Secrets are replaced as they are written,
 * so no report can hold one. §14
 */

/** `>` to the implementation, `<` from it, `*` what happened outside of frames. */
export type Direction = ">" | "<" | "*";

/** One line of the log. */
export interface LogLine {
  /** Milliseconds since the log began. */
  readonly at: number;
  /** Which connection of the check, in the order they were opened: `c1`, `c2` … */
  readonly connection: string;
  readonly direction: Direction;
  readonly text: string;
}

const shown = 4096;
const hidden = "(redacted)";
/** Members whose string value is a secret wherever they stand. */
const secretMember =
  /("(?:token|resume_token|value|password|secret)"\s*:\s*")((?:[^"\\]|\\.)+)(")/g;

/** Replaces secrets in one text: the known ones wherever they stand, and the values of members that hold secrets. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length >= 4) clean = clean.replaceAll(secret, hidden);
  }
  return clean.replace(secretMember, (_, before: string, value: string, after: string) =>
    value === hidden ? before + value + after : `${before}${hidden}${after}`,
  );
}

/** Collects the lines of one check. */
export class WireLog {
  readonly #lines: LogLine[] = [];
  readonly #secrets: Set<string>;
  readonly #began = performance.now();

  /** `secrets` is shared: what is added to it later is hidden from then on. */
  constructor(secrets: Set<string> = new Set()) {
    this.#secrets = secrets;
  }

  /** Milliseconds since the log began. */
  now(): number {
    return Math.round((performance.now() - this.#began) * 10) / 10;
  }

  /** Names a value that no line may show. */
  hide(secret: string): void {
    this.#secrets.add(secret);
  }

  /** Adds a line; long texts are cut, secrets replaced. */
  add(connection: string, direction: Direction, text: string): void {
    const clean = redact(text, this.#secrets);
    const cut =
      clean.length > shown ? `${clean.slice(0, shown)} … (${clean.length} characters)` : clean;
    this.#lines.push({ at: this.now(), connection, direction, text: cut });
  }

  /** The lines so far, with what became known as secret since then hidden too. */
  lines(): readonly LogLine[] {
    return this.#lines.map((line) => ({ ...line, text: redact(line.text, this.#secrets) }));
  }
}

/** One line for a terminal or a text report. */
export function formatLine(line: LogLine): string {
  return `${line.at.toFixed(1).padStart(8)} ${line.connection} ${line.direction} ${line.text}`;
}

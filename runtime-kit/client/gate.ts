/**
 * Decides whether frames are read on. They are held back only while a reader is behind by more than its
 * bound and nothing in the program waits for a frame: a call, a result, another reader. So a slow loop
 * slows its runtime, and never waits for what it holds back itself.
 */
export class Gate {
  readonly #tell: (change: "paused" | "flowing") => void;
  readonly #full = new Set<object>();
  #waiting = 0;
  #opened: Promise<void> | undefined;
  #open: (() => void) | undefined;

  constructor(tell: (change: "paused" | "flowing") => void) {
    this.#tell = tell;
  }

  get shut(): boolean {
    return this.#full.size > 0 && this.#waiting === 0;
  }

  /** Resolves when reading may go on. */
  opened(): Promise<void> {
    if (!this.shut) return Promise.resolve();
    if (this.#opened === undefined) {
      this.#opened = new Promise((resolve) => (this.#open = resolve));
      this.#tell("paused");
    }
    return this.#opened;
  }

  /** One more (`1`) or one less (`-1`) waits for a frame. */
  waiting(change: 1 | -1): void {
    this.#waiting += change;
    this.#look();
  }

  full(part: object, full: boolean): void {
    if (full) this.#full.add(part);
    else this.#full.delete(part);
    this.#look();
  }

  #look(): void {
    if (this.#open === undefined || this.shut) return;
    const open = this.#open;
    this.#opened = undefined;
    this.#open = undefined;
    this.#tell("flowing");
    open();
  }
}

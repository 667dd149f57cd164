/**
 * Where a client keeps its session between processes: `keptInFile`, `keptInLocalStorage`, or one of yours. What
 * is kept is text, with the resume token in it: whoever reads it and has the bearer token can take the session.
 */
export interface SessionKeeper {
  /** What errors call the place: a path, a key. */
  readonly place: string;
  /**
   * Takes the place for one client alone, until it is released. Rejects with a `ConnectionError` `NOT_KEPT` that
   * says who has it, and what to do.
   */
  take(): Promise<KeptPlace>;
}

/** A place that is taken. Its methods are called one at a time. */
export interface KeptPlace {
  /** What is kept; `undefined` where nothing was ever written. */
  read(): Promise<string | undefined>;
  /**
   * Puts this text in the place of what was there: all of it or, if it rejects or the process dies, nothing. Once
   * resolved it outlives the process.
   */
  save(text: string): Promise<void>;
  /** Lets others have the place. Called once. */
  release(): Promise<void>;
}

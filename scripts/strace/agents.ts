/** The agents of the trace: a few events, small enough to lie in one page of SQLite's log, and a large result. */
const torn = {
  name: "torn",
  async run(
    { tag, count }: { readonly tag: string; readonly count: number },
    context: { log(level: string, message: string): Promise<void>; flush(): Promise<void> },
  ) {
    for (let at = 0; at < count; at += 1) {
      await context.log("info", `${tag} 0 ${at}`);
      if (at % 4 === 3) await context.flush();
    }
    return `${tag} end`;
  },
};

const large = {
  name: "large",
  async run(
    { tag, count }: { readonly tag: string; readonly count: number },
    context: { stream(source: Iterable<string>): Promise<object> },
  ) {
    const pieces = Array.from(
      { length: count },
      (_, at) => `${tag} 0 ${at} ${" ".repeat(150_000)}`,
    );
    return context.stream(pieces);
  },
};

export default [torn, large];

/** What every keeper has to do. */
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../wire/errors.js";
import type { SessionKeeper } from "./port.js";

/** Runs the suite over keepers that `make` makes; two of the same name keep in the same place. */
export function keeperContract(name: string, make: (place: string) => SessionKeeper): void {
  describe(`a keeper: ${name}`, () => {
    it("has nothing at first, and then what was written last", async () => {
      const place = await make("written").take();
      expect(await place.read()).toBeUndefined();
      await place.save("one");
      await place.save("two, and äöü \u{1f600}\n");
      expect(await place.read()).toBe("two, and äöü \u{1f600}\n");
      await place.release();
      const later = await make("written").take();
      expect(await later.read()).toBe("two, and äöü \u{1f600}\n");
      await later.release();
    });

    it("has one owner at a time, and says so", async () => {
      const place = await make("owned").take();
      const error = await make("owned")
        .take()
        .catch((thrown: unknown) => thrown);
      expect(ConnectionError.is(error, "NOT_KEPT")).toBe(true);
      expect((error as Error).message).toContain(make("owned").place);
      // The one that has it notices nothing of it.
      await place.save("mine");
      await place.release();
      const next = await make("owned").take();
      expect(await next.read()).toBe("mine");
      await next.release();
    });

    it("gives itself to one of many that come at once, or to none; and then to who comes next", async () => {
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => make("many").take()));
      const got = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(got.length).toBeLessThanOrEqual(1);
      for (const place of got) await place.release();
      await (await make("many").take()).release();
    });

    it("keeps places apart", async () => {
      const [one, two] = [await make("a").take(), await make("b").take()];
      await one.save("1");
      expect(await two.read()).toBeUndefined();
      await one.release();
      await two.release();
    });
  });
}

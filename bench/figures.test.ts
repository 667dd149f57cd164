import { describe, expect, it } from "vitest";
import { median, results } from "./figures.js";
import { picture } from "./picture.js";
import { asMarkdown, asText } from "./report.js";
import type { Figure } from "./row.js";

const rate: Figure = {
  id: "rate",
  title: "some <work>",
  unit: "events/s",
  better: "more",
  against: "ceiling",
  aims: { memory: 2, durable: 1 },
};
const time: Figure = { ...rate, id: "time", better: "less" };

describe("figures", () => {
  it("takes the middle of odd and even numbers of runs", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("makes ratios within a round, so that a slow round slows both sides of one", () => {
    const rounds = [
      { values: { ceiling: 100, memory: 200, durable: 50 }, allowances: {} },
      { values: { ceiling: 10, memory: 20, durable: 20 }, allowances: {} },
    ];
    const [ceiling, memory, durable] = results(rate, rounds);
    expect(ceiling?.ratio).toBeUndefined();
    expect(memory?.ratio).toEqual({ median: 2, least: 2, most: 2 });
    expect(memory?.reached).toBe(true);
    expect(durable?.ratio).toEqual({ median: 1.25, least: 0.5, most: 2 });
  });

  it("counts less as better where it is, and adds what a subject may need", () => {
    const round = (durable: number) => ({
      values: { ceiling: 1, durable },
      allowances: { durable: 2 },
    });
    expect(results(time, [round(3)])[1]).toMatchObject({ ratio: { median: 1 }, reached: true });
    expect(results(time, [round(4)])[1]?.reached).toBe(false);
  });

  it("takes what is a ratio already as it is", () => {
    const growth: Figure = { ...rate, against: "itself" };
    const found = results(growth, [{ values: { ceiling: 0.9, memory: 0.5 }, allowances: {} }]);
    expect(found[1]?.ratio?.median).toBe(0.5);
  });

  it("leaves absolute numbers and asides out of the page, and asides out of the picture", () => {
    const rounds = [{ values: { ceiling: 70_000, memory: 140_000 }, allowances: {} }];
    const measured = [
      { figure: rate, results: results(rate, rounds) },
      { figure: { ...rate, title: "for experts", aside: true }, results: results(rate, rounds) },
    ];
    expect(asText(measured)).toContain("140,000");
    const page = asMarkdown(measured);
    expect(page).toContain("| some <work> | 2.00 (2.00–2.00) | – | more | ≥ 2, ≥ 1 |");
    expect(page).not.toContain("140,000");
    expect(page).not.toContain("for experts");
    const svg = picture(measured);
    expect(svg).toContain("some &lt;work>");
    expect(svg).not.toContain("for experts");
    expect(svg.match(/<rect /g)).toHaveLength(4);
  });
});

import { reportRepeats, type Rule } from "./rule.js";

/** Numbers and anchors of headings, and what points at them. */
export const headingRules: Rule = ({ facts }, report) => {
  const numbered = facts.headings.filter((heading, index) => heading.depth > 1 || index > 0);
  for (const { number, title, anchor, position } of numbered) {
    if (number === undefined) {
      const fix = "number it: ## 3. Title";
      report("malformed-heading", position, `the heading "${title}" has no number`, fix);
    }
    if (anchor === undefined) {
      const fix = 'end it with <a id="short-name"></a>';
      report("missing-section-anchor", position, `the heading "${title}" has no anchor`, fix);
    }
  }
  reportRepeats(
    numbered.filter(({ number }) => number !== undefined),
    ({ number }) => number ?? "",
    ({ number, position }, first) => {
      const message = `the number ${number} is taken by line ${first.position.line}`;
      report("malformed-heading", position, message, "give it the next number");
    },
  );
  reportRepeats(
    facts.anchors,
    ({ anchor }) => anchor,
    ({ anchor, position }, first) => {
      const message = `the anchor "${anchor}" is taken by line ${first.position.line}`;
      report("duplicate-anchor", position, message, "choose another");
    },
  );
};

/** Links within the file, and bare section numbers. */
export const linkRules: Rule = ({ facts }, report) => {
  const anchors = new Set(facts.anchors.map(({ anchor }) => anchor));
  const numbers = new Set(facts.headings.map(({ number }) => number));
  for (const { kind, target, position } of facts.citations) {
    if (kind === "anchor" && target !== "" && !anchors.has(target)) {
      const fix = `write <a id="${target}"></a> in a heading, or link to one that exists`;
      report("broken-section-link", position, `nothing bears the anchor "${target}"`, fix);
    }
    if (kind === "section" && !numbers.has(target)) {
      const fix = "name a section of this file, or say before it which document is meant";
      report("broken-section-link", position, `there is no section ${target}`, fix);
    }
  }
};

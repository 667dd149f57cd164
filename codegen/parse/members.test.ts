import { expect, it } from "vitest";
import { readMembers } from "./members.js";

it.each([
  ["", {}],
  ["{ }", {}],
  [
    '{ agent: "a@1", n: -1.5e3, on: true, off: false, none: null }',
    { agent: "a@1", n: -1500, on: true, off: false, none: null },
  ],
  [
    '{ "cost.budget": ["USD:1"], deep: { list: [[], {}] } }',
    { "cost.budget": ["USD:1"], deep: { list: [[], {}] } },
  ],
  [
    "{ job_id: $J, jobs: [{ job_id: $J1 },], }",
    { job_id: { $: "J" }, jobs: [{ job_id: { $: "J1" } }] },
  ],
  ['{ text: "a \\" b \\u00e9" }', { text: 'a " b é' }],
])("reads the members %s", (text, members) => {
  expect(readMembers(text)).toEqual(members);
});

it.each([
  ["[1]", "the members stand in { }"],
  ["7", "the members stand in { }"],
  ["{ a: }", '"}" is no value'],
  ["{ a: undefined }", '"undefined" is no value'],
  ["{ a: 1 b: 2 }", "a lacks its end"],
  ["{ a: [1 2] }", "a list lacks its end"],
  ["{ 7: 1 }", '"7" names no member'],
  ["{ a 1 }", '"a" names no member'],
  ["{ a: 1, a: 2 }", "a stands twice"],
  ["{ a: 1", "a lacks its end"],
  ["{ a: 1 } }", '"}" is out of place'],
  ["{ a: … }", '"… }" is no value'],
])("says what is wrong with %s", (text, problem) => {
  expect(readMembers(text)).toBe(problem);
});

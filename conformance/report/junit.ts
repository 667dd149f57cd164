/** The report as JUnit's XML, which build servers read. */
import { formatLine } from "../peer/log.js";
import type { Result, Verdict } from "../run/verdict.js";
import { escape } from "./escape.js";
import type { Report } from "./report.js";

const skipped: readonly Verdict[] = ["not-applicable", "not-run", "info"];
const errors: readonly Verdict[] = ["error", "inconclusive", "flaky"];

/** One suite; a check is a case of the class `runtime.6.3`. What is no pass and no failure is skipped or an error. */
export function junit(report: Report, results: readonly Result[]): string {
  const count = (verdicts: readonly Verdict[]) =>
    results.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const numbers =
    `tests="${results.length}" failures="${count(["fail"])}" errors="${count(errors)}" ` +
    `skipped="${count(skipped)}" time="${(report.ms / 1000).toFixed(3)}"`;
  const name = escape(
    `ARCP ${report.suite.revision} ${report.side}: ${report.implementation.name}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${numbers}>`,
    `<testsuite name="${name}" ${numbers} timestamp="${escape(report.startedAt)}">`,
    ...results.map(testCase),
    "</testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(result: Result): string {
  const [side = "", section = "", words = ""] = result.id.split("/");
  const head = `<testcase classname="${escape(`${side}.${section}`)}" name="${escape(words)}" time="${(result.ms / 1000).toFixed(3)}"`;
  const { verdict, reason = "" } = result;
  if (verdict === "pass") return `${head}/>`;
  const message = escape(`${verdict}: ${reason}`);
  const wire = escape(result.log.map(formatLine).join("\n"));
  if (verdict === "fail")
    return `${head}><failure message="${message}">${wire}</failure></testcase>`;
  if (errors.includes(verdict))
    return `${head}><error message="${message}">${wire}</error></testcase>`;
  if (skipped.includes(verdict)) return `${head}><skipped message="${message}"/></testcase>`;
  return `${head}><system-out>${message}\n${wire}</system-out></testcase>`;
}

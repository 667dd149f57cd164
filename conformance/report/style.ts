/** How `report.html` looks: one style for light and dark, and the filters, which need no script. */

/** The verdicts in the order in which they are shown, with their words. */
export const verdictWords = {
  fail: "failed",
  error: "harness error",
  flaky: "flaky",
  inconclusive: "inconclusive",
  "pass-nonstrict": "passed, not strictly",
  pass: "passed",
  "not-run": "not run",
  "not-applicable": "not applicable",
  info: "for information",
} as const;

/** The style sheet. `verdicts` and `sections` are those that the report has; each is one choice of a filter. */
export function styleOf(verdicts: readonly string[], sections: readonly string[]): string {
  return [
    base,
    ...verdicts.map(
      (v) =>
        `#v-${v}:checked~main .check:not(.${v}),#v-${v}:checked~main .section:not(:has(.${v})){display:none}` +
        `#v-${v}:checked~.filters [for=v-${v}]{${chosen}}`,
    ),
    ...sections.map(
      (s) =>
        `#s-${s}:checked~main .section:not(.s-${s}){display:none}` +
        `#s-${s}:checked~.filters [for=s-${s}]{${chosen}}`,
    ),
    `#v-all:checked~.filters [for=v-all],#s-all:checked~.filters [for=s-all]{${chosen}}`,
  ].join("\n");
}

const chosen = "background:var(--text);color:var(--page);border-color:var(--text)";

const base = `
:root{color-scheme:light dark;--page:#fff;--panel:#f6f8fa;--line:#d8dee4;--text:#1f2328;--soft:#59636e;
--fail:#b42318;--good:#1a7f37;--warn:#8a6100;--grey:#6e7781;--out:#0550ae;--in:#1a7f37}
@media(prefers-color-scheme:dark){:root{--page:#0d1117;--panel:#161b22;--line:#30363d;--text:#e6edf3;--soft:#9198a1;
--fail:#ff7b72;--good:#56d364;--warn:#e3b341;--grey:#9198a1;--out:#79c0ff;--in:#7ee787}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 5rem;max-width:72rem;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:.25rem 0}
h2{font-size:1.05rem;margin:0 0 .5rem;scroll-margin-top:1rem}
h2 small{font-weight:400;color:var(--soft);margin-left:.5rem}
code,.wire{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
a{color:inherit}
.eyebrow{color:var(--soft);margin:0}
.subject{margin:.25rem 0 1.25rem;overflow-wrap:anywhere}
.CONFORMANT{color:var(--good)}.NOT{color:var(--fail)}.INCOMPLETE{color:var(--warn)}.HARNESS{color:var(--grey)}
.bar{display:block;width:100%;height:12px;border-radius:6px;margin:.35rem 0 .4rem;background:var(--line)}
.f-fail{fill:var(--fail)}.f-error,.f-flaky,.f-inconclusive,.f-pass-nonstrict{fill:var(--warn)}
.f-pass{fill:var(--good)}.f-not-run,.f-not-applicable,.f-info{fill:var(--grey)}.f-open{fill:var(--line)}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.2rem;margin:0 0 1rem;padding:0;list-style:none;color:var(--soft)}
.legend b{color:var(--text)}
.dot{display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-right:.4rem}
.bg-fail{background:var(--fail)}.bg-error,.bg-flaky,.bg-inconclusive,.bg-pass-nonstrict{background:var(--warn)}
.bg-pass{background:var(--good)}.bg-not-run,.bg-not-applicable,.bg-info{background:var(--grey)}.bg-open{background:var(--line)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0 0;color:var(--soft)}
.facts dd{margin:0;color:var(--text);overflow-wrap:anywhere}
input[type=radio]{position:absolute;opacity:0;pointer-events:none}
.filters{margin:1.5rem 0 1.75rem;padding:.9rem 1rem;border:1px solid var(--line);border-radius:8px;background:var(--panel)}
.filters p{display:flex;flex-wrap:wrap;gap:.35rem;margin:.4rem 0;padding-left:5rem;align-items:center}
.filters p>span{width:5rem;margin-left:-5.35rem;color:var(--soft)}
.filters label{border:1px solid var(--line);border-radius:1rem;padding:.05rem .65rem;cursor:pointer;background:var(--page);font-size:13.5px}
input:focus-visible~.filters{outline:2px solid var(--out)}
.look{margin:1.75rem 0 0}
.look ul{margin:0;padding:0;list-style:none}
.look li{display:grid;grid-template-columns:1rem minmax(0,1fr);gap:.7rem;padding:.2rem 0;overflow-wrap:anywhere;color:var(--soft)}
.look a{color:var(--text);margin-right:.4rem}
.section{margin:0 0 1.75rem}
.check{border:1px solid var(--line);border-top-width:0;background:var(--page)}
.check:first-of-type{border-top-width:1px;border-radius:8px 8px 0 0}.check:last-of-type{border-radius:0 0 8px 8px}
.check:only-of-type{border-radius:8px}
.check>summary{display:grid;grid-template-columns:1rem minmax(0,1fr) auto;gap:.7rem;align-items:baseline;
padding:.45rem .9rem;cursor:pointer;list-style:none}
.check>summary::-webkit-details-marker{display:none}
.check>summary:hover{background:var(--panel)}
.check>summary .why{display:block;color:var(--soft);font-size:13.5px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.check[open]>summary .why{display:none}
.mark{font-weight:700}.ids{color:var(--soft);font-size:13px;text-align:right}
.c-fail{color:var(--fail)}.c-error,.c-flaky,.c-inconclusive,.c-pass-nonstrict{color:var(--warn)}
.c-pass{color:var(--good)}.c-not-run,.c-not-applicable,.c-info{color:var(--grey)}
.body{padding:.25rem .9rem 1rem 2.6rem;border-top:1px solid var(--line)}
.reason{margin:.6rem 0;padding:.5rem .8rem;border-left:3px solid currentColor;background:var(--panel);overflow-wrap:anywhere}
.reason span{color:var(--text)}
.requirement{margin:.5rem 0;padding-left:5.5rem;text-indent:-5.5rem}
.requirement b{display:inline-block;width:5.5rem;text-indent:0}
.meta{color:var(--soft);font-size:13.5px}
.wire{width:100%;border-collapse:collapse;margin-top:.6rem;table-layout:fixed;background:var(--panel)}
.wire caption{text-align:left;color:var(--soft);padding:.2rem 0;font-family:system-ui,sans-serif}
.wire td{vertical-align:top;padding:.12rem .5rem;border-top:1px solid var(--line)}
.wire td:nth-child(1){width:5.2rem;text-align:right;color:var(--soft)}.wire td:nth-child(2){width:4.6rem;color:var(--soft)}
.wire td:nth-child(3){width:1.6rem}.wire td:nth-child(4){white-space:pre-wrap;overflow-wrap:anywhere}
.out td:nth-child(3){color:var(--out)}.in td:nth-child(3){color:var(--in)}.aside td:nth-child(4){color:var(--soft);font-style:italic}
.rest{margin:.4rem 0}.rest summary{cursor:pointer}.because{margin:-.3rem 0 .6rem 5.5rem}.rest .requirement{font-size:14px}
@media(max-width:42rem){.ids{display:none}.body{padding-left:.9rem}.check>summary{grid-template-columns:1rem minmax(0,1fr)}}
@media print{.filters{display:none}.check{break-inside:avoid}}
`;

/** Reports in HTML. @module */
import type { Report } from "./report.ts";
import { courseChart, latencyChart, memoryChart, percentileChart } from "./charts.ts";
import { renderSummary } from "./summary.ts";
import { formatNanoseconds } from "./units.ts";

const style = `
:root { color-scheme: light dark; --ink: #1d2330; --paper: #fbfaf7; --line: #d5d2ca; --one: #2f6db3;
  --two: #c2622d; --soft: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e4df; --paper: #16181d; --line: #3a3e47;
  --one: #7db3ec; --two: #eb9a66; --soft: #9aa1ad; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 600; }
td, th { padding: .15rem 1.2rem .15rem 0; } td { font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: 1rem; border-radius: .4rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; } .bar { fill: var(--one); }
.one { stroke: var(--one); } .two { stroke: var(--two); } .one, .two { fill: none; stroke-width: 2; }
.key-one { color: var(--one); } .key-two { color: var(--two); } .warning { color: var(--two); }
`;

/** Renders a report as a self-contained HTML file, without scripts, fonts or links. */
export function renderHtml(report: Report): string {
  const title = `${report.name ?? report.options.call}: signer bench`;
  const paced = report.options["load-schedule"] !== "closed";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(report.date)}, ${escapeHtml(report.options.hosts.join(", "))}</p>
${report.warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>\n`).join("")}${
    keyFigures(report)
  }
<h2>Latency</h2>
${latencyChart(report)}
<h2>Percentiles</h2>
${
    paced
      ? '<p><span class="key-one">from when a request was due</span>, ' +
        '<span class="key-two">from when it was sent</span></p>'
      : ""
  }
${percentileChart(report)}
<h2>Course</h2>
<p><span class="key-one">requests a second</span>, <span class="key-two">p99</span></p>
${courseChart(report)}
<h2>Memory</h2>
<p><span class="key-one">client</span>, <span class="key-two">server</span></p>
${memoryChart(report)}
<h2>Summary</h2>
<pre>${escapeHtml(renderSummary(report))}</pre>
<h2>Options</h2>
<pre>${escapeHtml(JSON.stringify(report.options, null, 2))}</pre>
</body>
</html>
`;
}

/** Escapes text for HTML, including attributes. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

function keyFigures(report: Report): string {
  const at = (percent: number) =>
    report.latencyDistribution.find(({ percentage }) => percentage === percent)!.latency;
  const cells: [string, string][] = [
    ["requests", String(report.count)],
    ["errors", String(report.errors)],
    ["requests/s", report.rps.toFixed(1)],
    ["mean", formatNanoseconds(report.average)],
    ["p50", formatNanoseconds(at(50))],
    ["p99", formatNanoseconds(at(99))],
    ["p99.9", formatNanoseconds(at(99.9))],
    ["max", formatNanoseconds(report.slowest)],
  ];
  const head = cells.map(([name]) => `<th>${name}</th>`).join("");
  const values = cells.map(([, value]) => `<td>${value}</td>`).join("");
  return `<table><tr>${head}</tr><tr>${values}</tr></table>`;
}

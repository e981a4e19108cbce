/**
 * The status page: one HTML document, which draws `/status.json` and loads nothing else. It shows, and controls nothing.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Page } from "./http.ts";

const style = `
:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1c2330; --dim: #5b6577; --line: #dfe3ea;
  --good: #177a45; --bad: #b3261e; --first: #2458c5; --second: #b25e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12151b; --card: #1b2029; --text: #e6eaf1; --dim: #9aa5b8; --line: #2e3644;
    --good: #55c98a; --bad: #ff8a80; --first: #7fa6ff; --second: #ffb265;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; display: grid; gap: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
.dim { color: var(--dim); }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); }
section, .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: .75rem; min-width: 0; }
.tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-top: 1px solid var(--line);
  white-space: nowrap; }
th { color: var(--dim); font-weight: 500; border-top: 0; }
td.number, th.number { text-align: right; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
p { margin: 0; }
p:empty { display: none; }
@media (max-width: 40rem) {
  th, td, td.long { white-space: normal; overflow-wrap: anywhere; min-width: 0; }
  th, td.number { overflow-wrap: normal; padding-right: .4rem; }
  #limits td:first-child { width: 60%; }
  .cards th, .cards td:empty { display: none; }
  .cards tr { display: block; padding: .25rem 0; border-top: 1px solid var(--line); }
  .cards td { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0;
    border: 0; text-align: right; }
  .cards td::before { content: attr(data-name); color: var(--dim); white-space: nowrap; }
}
code { font-size: .87em; }
svg { display: block; width: 100%; height: 7rem; }
svg .axis { stroke: var(--line); }
svg .first { stroke: var(--first); }
svg .second { stroke: var(--second); }
svg .bad { stroke: var(--bad); }
svg path { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.legend span { margin-right: 1rem; }
.key-first { color: var(--first); }
.key-second { color: var(--second); }
`;

const script = `
"use strict";
const INTERVAL_MS = 2000;
const POINTS = 90;
const points = [];
let before;

const byId = (id) => document.getElementById(id);
const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const number = (value, digits = 0) => value === null || value === undefined || Number.isNaN(value)
  ? "–"
  : value.toLocaleString("en", { maximumFractionDigits: digits });
const time = (seconds) => {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0.001) return number(seconds * 1e6) + " µs";
  if (seconds < 1) return number(seconds * 1e3, 1) + " ms";
  return number(seconds, 2) + " s";
};
const size = (bytes) => {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) { bytes /= 1024; at++; }
  return number(bytes, at === 0 ? 0 : 1) + " " + units[at];
};
const span = (ms) => {
  const minutes = Math.floor(ms / 60000), hours = Math.floor(minutes / 60);
  if (hours >= 48) return Math.floor(hours / 24) + " d " + hours % 24 + " h";
  if (hours > 0) return hours + " h " + minutes % 60 + " min";
  return minutes > 0 ? minutes + " min" : Math.floor(ms / 1000) + " s";
};
const limit = (name, value) => {
  if (value === null) return "off";
  if (value !== undefined && /Bytes/.test(name)) return size(value);
  if (value !== undefined && /Ms$/.test(name)) return value < 60000 ? time(value / 1000) : span(value);
  return number(value);
};

/** The time below which a share of the observations in buckets is, by linear interpolation as in Prometheus. */
const quantile = (share, bounds, counts) => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NaN;
  let rank = share * total;
  for (let i = 0; i < counts.length; i++) {
    if (rank > counts[i]) { rank -= counts[i]; continue; }
    const low = i === 0 ? 0 : bounds[i - 1];
    if (i === bounds.length) return low;
    return low + (bounds[i] - low) * (counts[i] === 0 ? 0 : rank / counts[i]);
  }
  return bounds.at(-1);
};
const statusesOf = (methods) => {
  let all = 0, failed = 0;
  for (const { statuses } of methods) {
    for (const [name, count] of Object.entries(statuses)) {
      all += count;
      if (name !== "OK" && name !== "CANCELLED") failed += count;
    }
  }
  return { all, failed };
};
const sumOf = (methods, field, bounds) => {
  const sum = new Array(bounds.length + 1).fill(0);
  for (const one of methods) one[field].forEach((count, index) => sum[index] += count);
  return sum;
};
const minus = (now, old) => now.map((count, index) => Math.max(0, count - (old ? old[index] : 0)));

const pointOf = (now, old) => {
  const seconds = (now.now - old.now) / 1000;
  const calls = statusesOf(now.methods), earlier = statusesOf(old.methods);
  const times = minus(sumOf(now.methods, "times", now.buckets), sumOf(old.methods, "times", old.buckets));
  const waits = minus(sumOf(now.methods, "waits", now.buckets), sumOf(old.methods, "waits", old.buckets));
  const busy = now.threads.map(({ name, cpuSeconds }) => {
    const other = old.threads.find((one) => one.name === name);
    return other === undefined ? 0 : Math.max(0, (cpuSeconds - other.cpuSeconds) / seconds);
  });
  return {
    rate: Math.max(0, calls.all - earlier.all) / seconds,
    errors: Math.max(0, calls.failed - earlier.failed) / seconds,
    median: quantile(0.5, now.buckets, times),
    slow: quantile(0.99, now.buckets, times),
    wait: quantile(0.99, now.buckets, waits),
    busy,
    received: Math.max(0, now.receivedBytes - old.receivedBytes) / seconds,
    sent: Math.max(0, now.sentBytes - old.sentBytes) / seconds,
  };
};

const tiles = (target, entries) => {
  target.replaceChildren(...entries.map(([name, value, className]) => {
    const tile = element("div", undefined, "tile");
    tile.append(element("span", name, "dim"), element("b", value, className));
    return tile;
  }));
};
const table = (target, heads, rows) => {
  const made = element("table"), head = element("tr");
  for (const name of heads) head.append(element("th", name.replace(/^#/, ""), name[0] === "#" ? "number" : ""));
  made.append(head);
  for (const row of rows) {
    const line = element("tr");
    row.forEach((cell, index) => {
      const [text, className = ""] = Array.isArray(cell) ? cell : [cell];
      const made = element("td", text, className + (heads[index][0] === "#" ? " number" : ""));
      made.dataset.name = heads[index].replace(/^#/, "");
      line.append(made);
    });
    made.append(line);
  }
  if (rows.length === 0) target.replaceChildren(element("p", "None", "dim"));
  else target.replaceChildren(made);
};
const SVG = "http://www.w3.org/2000/svg";
const chart = (id, lines, format) => {
  const svg = byId(id), width = 300, height = 100;
  const most = Math.max(...lines.flatMap(([, values]) => values).filter(Number.isFinite), 0);
  const nodes = [0, 50, 100].map((y) => {
    const axis = document.createElementNS(SVG, "line");
    for (const [name, value] of [["x1", 0], ["x2", width], ["y1", y], ["y2", y]]) axis.setAttribute(name, value);
    axis.setAttribute("class", "axis");
    return axis;
  });
  for (const [className, values] of lines) {
    const path = document.createElementNS(SVG, "path");
    let text = "", pen = "M";
    values.forEach((value, index) => {
      if (!Number.isFinite(value)) { pen = "M"; return; }
      const x = (POINTS - values.length + index) * width / (POINTS - 1);
      text += pen + x.toFixed(1) + " " + (height - (most === 0 ? 0 : value / most * (height - 4))).toFixed(1);
      pen = "L";
    });
    path.setAttribute("d", text);
    path.setAttribute("class", className);
    nodes.push(path);
  }
  svg.replaceChildren(...nodes);
  byId(id + "-most").textContent = "up to " + format(most);
};

const draw = (now) => {
  const point = before ? pointOf(now, before) : undefined;
  if (point) {
    points.push(point);
    if (points.length > POINTS) points.shift();
  }
  const ready = now.obstacle === null;
  byId("ready").textContent = ready ? "ready" : "not ready: " + now.obstacle;
  byId("ready").className = ready ? "good" : "bad";
  byId("about").textContent = "version " + now.version + " · " + now.stack + " · " + now.provider.version +
    " · up " + span(now.now - now.startedAt);
  const busiest = point ? Math.max(...point.busy) : NaN;
  tiles(byId("tiles"), [
    ["calls a second", point ? number(point.rate, point.rate < 10 ? 1 : 0) : "–"],
    ["errors a second", point ? number(point.errors, 1) : "–", point && point.errors > 0 ? "bad" : ""],
    ["median time", point ? time(point.median) : "–"],
    ["99th percentile", point ? time(point.slow) : "–"],
    ["wait, 99th percentile", point ? time(point.wait) : "–"],
    ["connections", number(now.connections)],
    ["open calls", number(now.streams)],
    ["busiest thread", point ? number(busiest * 100) + " %" : "–"],
    ["received", point ? size(point.received) + "/s" : "–"],
    ["sent", point ? size(point.sent) + "/s" : "–"],
    ["memory", size(now.process.residentBytes)],
    ["descriptors", number(now.process.openFds)],
  ]);
  const series = (name) => points.map((one) => one[name]);
  chart("rate", [["first", series("rate")]], (most) => number(most, 1) + " a second");
  chart("latency", [["second", series("slow")], ["first", series("median")]], time);
  chart("errors", [["bad", series("errors")]], (most) => number(most, 1) + " a second");
  table(byId("listeners"), ["address", "security"], now.listeners.map(({ address, tls }) =>
    [address, tls ? "TLS" : "plaintext"]));
  table(byId("threads"), ["thread", "#busy", "#longest lag", "#connections", "#calls"], now.threads.map((one, index) =>
    [one.name, point ? number(point.busy[index] * 100) + " %" : "–", time(one.lagSeconds), number(one.connections), number(one.calls)]));
  byId("failures").textContent = now.workerFailures > 0 ? now.workerFailures + " workers have failed and were replaced." : "";
  byId("failures").className = "bad";
  table(byId("methods"), ["method", "#OK", "#errors", "statuses"], now.methods.map(({ method, statuses }) => {
    const { failed } = statusesOf([{ statuses }]);
    const others = Object.entries(statuses).filter(([name]) => name !== "OK").map(([name, count]) => name + " " + number(count));
    return [method, number(statuses.OK ?? 0), [number(failed), failed > 0 ? "bad" : ""], others.join(", ")];
  }));
  const day = (at) => at === null ? "" : new Date(at).toISOString().slice(0, 10);
  table(byId("keys"), ["id", "type", "#version", "use", "signs from", "until", "verifies until", "thumbprint (RFC 7638)"],
    now.keys.flatMap((key) => key.versions.map((one, index) => [
      [index === 0 ? key.id + (key.isDefault ? " (default)" : "") : "", "long"], index === 0 ? key.type : "", number(one.version),
      [one.use, one.use === "signs" ? "good" : "dim"], day(one.notBefore), day(one.signUntil), day(one.verifyUntil), [one.thumbprint, "long"],
    ])));
  table(byId("certificates"), ["subject", "serial number", "expires", "#days left"], now.certificates.map((one) =>
    [[one.subject, "long"], [one.serial, "long"], new Date(one.expiresAt).toISOString().slice(0, 10), [number(one.daysLeft), one.daysLeft < 7 ? "bad" : ""]]));
  const names = [...new Set([...Object.keys(now.limits), ...Object.keys(now.limitHits)])];
  table(byId("limits"), ["limit", "#value", "#times reached"], names.map((name) => {
    const hits = now.limitHits[name] ?? 0;
    return [name, limit(name, now.limits[name]), [number(hits), hits > 0 ? "bad" : ""]];
  }));
  const { success, failure, last } = now.reloads;
  byId("reloads").textContent = success + failure === 0
    ? "None since the start."
    : success + " succeeded, " + failure + " failed. The last one " +
      (last.outcome === "success" ? "succeeded " : "failed ") + span(now.now - last.at) + " ago" +
      (last.outcome === "success" ? "." : ": the log has the reason.");
  byId("reloads").className = last && last.outcome !== "success" ? "bad" : "";
  before = now;
};

const look = async () => {
  try {
    const answer = await fetch("status.json", { cache: "no-store" });
    if (!answer.ok) throw new Error("HTTP " + answer.status);
    draw(await answer.json());
    byId("lost").textContent = "";
  } catch (error) {
    byId("lost").textContent = "The server does not answer: " + error.message;
  }
  setTimeout(look, INTERVAL_MS);
};
look();
`;

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>signer</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>signer</h1><b id="ready"></b><span id="about" class="dim"></span><b id="lost" class="bad" role="alert"></b>
</header>
<div id="tiles" class="tiles"></div>
<div class="charts">
<section><h2>Calls</h2><svg id="rate" viewBox="0 0 300 100" preserveAspectRatio="none" role="img" aria-label="Calls a second, of the last three minutes"></svg>
<div class="legend dim"><span id="rate-most"></span></div></section>
<section><h2>Processing time</h2><svg id="latency" viewBox="0 0 300 100" preserveAspectRatio="none" role="img" aria-label="Median and 99th percentile of processing times, of the last three minutes"></svg>
<div class="legend"><span class="key-first">median</span><span class="key-second">99th percentile</span><span id="latency-most" class="dim"></span></div></section>
<section><h2>Errors</h2><svg id="errors" viewBox="0 0 300 100" preserveAspectRatio="none" role="img" aria-label="Failed calls a second, of the last three minutes"></svg>
<div class="legend dim"><span id="errors-most"></span></div></section>
</div>
<section><h2>Listeners</h2><div id="listeners" class="wide"></div></section>
<section><h2>Threads</h2><div id="threads" class="wide"></div><p id="failures"></p></section>
<section><h2>Methods</h2><div id="methods" class="wide"></div></section>
<section><h2>Keys</h2><div id="keys" class="wide cards"></div></section>
<section><h2>Certificates</h2><div id="certificates" class="wide cards"></div></section>
<section><h2>Reloads</h2><p id="reloads"></p></section>
<section><h2>Limits</h2><div id="limits" class="wide"></div></section>
</main>
<script>${script}</script>
</body>
</html>
`;

/** Only this style and this script, and only the document from this server (CSP Level 3). */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The page. */
export function statusPage(): Page {
  return { status: 200, type: "text/html; charset=utf-8", body: html, policy };
}

/** Reports in HTML, rendered by a browser. @module */
import assert from "node:assert/strict";
import { renderReport } from "../../src/bench/mod.ts";
import { gate } from "../_support/gate.ts";
import { reportWith } from "./_report.ts";

const [test, { chromium }] = await gate(
  ["env", "read", "run", "write"],
  () => Promise.resolve({ chromium: findChromium() }),
);

function findChromium(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** A script that is added to the page and reports its rendered content. */
const probe = `
const boxes = [...document.querySelectorAll("svg")].map((svg) => {
  const box = svg.getBoundingClientRect();
  const inside = [...svg.querySelectorAll("text,rect,polyline")].every((shape) => {
    const { left, right, top, bottom } = shape.getBoundingClientRect();
    return left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 &&
      bottom <= box.bottom + 1;
  });
  return { width: box.width, height: box.height, inside, shapes: svg.querySelectorAll("rect,polyline").length };
});
const style = getComputedStyle(document.body);
document.title = JSON.stringify({
  boxes, wide: document.documentElement.scrollWidth > innerWidth,
  ink: style.color, paper: style.backgroundColor,
});`;

interface Seen {
  readonly boxes: { width: number; height: number; inside: boolean; shapes: number }[];
  readonly wide: boolean;
  readonly ink: string;
  readonly paper: string;
}

async function look(html: string, ...options: string[]): Promise<Seen> {
  const folder = await Deno.makeTempDir();
  try {
    const page = html
      .replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
      .replace("</body>", `<script>${probe}</script></body>`);
    await Deno.writeTextFile(`${folder}/page.html`, page);
    const { stdout } = await new Deno.Command(chromium!, {
      args: [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        ...[`--user-data-dir=${folder}/profile`, "--window-size=800,1200", "--dump-dom"],
        ...options,
        `file://${folder}/page.html`,
      ],
      stderr: "null",
    }).output();
    const dom = new TextDecoder().decode(stdout);
    const [, title = ""] = /<title>(\{.*?\})<\/title>/s.exec(dom) ?? [];
    return JSON.parse(title.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const missing = chromium === undefined ? " (needs the program chromium)" : "";

test({
  name: `the page's charts are drawn, and stay inside their frames${missing}`,
  ignore: chromium === undefined,
  async fn() {
    const { boxes, wide } = await look(renderReport(reportWith({ seed: 1 }), "html"));
    assert.equal(boxes.length, 4);
    for (const { width, height, inside, shapes } of boxes) {
      assert.ok(width > 500 && height > 100 && inside && shapes > 0);
    }
    assert.equal(wide, false);
  },
});

test({
  name: `the page is light on paper and dark in the dark${missing}`,
  ignore: chromium === undefined,
  async fn() {
    const html = renderReport(reportWith({ seed: 1 }), "html");
    const light = await look(html, "--blink-settings=preferredColorScheme=1");
    const dark = await look(html, "--blink-settings=preferredColorScheme=0");
    const level = (color: string) => Number(/\d+/.exec(color)![0]);
    assert.ok(level(light.paper) > 200 && level(light.ink) < 80, JSON.stringify(light));
    assert.ok(level(dark.paper) < 80 && level(dark.ink) > 200, JSON.stringify(dark));
  },
});

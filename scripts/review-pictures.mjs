// Draws the pictures of docs/github.md, from checks that the service writes to the GitHub of its tests: node scripts/review-pictures.mjs
// Before it: npm run build. It takes a Chromium, as the tests of the page do.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { BUTTONS } from "../server/dist/review/github/write-check.js";
import { openChromium } from "../test/dist/browser/real-chromium.js";
import { createReviewWorld } from "../test/dist/server/review/review-world.js";
import { until } from "../test/dist/until.js";
import { root } from "./prepare.mjs";
import { withFewColours } from "./small-png.mjs";

const COLOURS = { success: "#1a7f37", failure: "#cf222e" };
const STYLE = readFileSync(
  createRequire(import.meta.url).resolve("github-markdown-css/github-markdown-light.css"),
  "utf8",
);
const PROJECT = {
  "ingest.workflow.yaml": ingest(2, 1),
  "ingest.workflow.test.yaml": "workflow: ingest-orders\ntests:\n  loads:\n    expect: { run: succeeded }\n",
  "revenue.workflow.yaml":
    "workflow: daily-revenue\nowner: finance\ntriggers: { signal: warehouse.table-updated, match: { table: orders } }\nsteps: { sum: { run: echo sum } }\n",
};
const OLD = {
  "fx.workflow.yaml":
    'workflow: fx-rates\ntriggers: { schedule: "0 3 * * *" }\nsteps: { fetch: { run: echo rates } }\n',
  "old.workflow.yaml": "workflow: old-report\nsteps: { send: { run: echo report } }\n",
};

const markdown = new MarkdownIt({ html: true, linkify: true });
const browser = await openChromium();
if (typeof browser === "string") throw new Error(browser);
try {
  await draw("pull-request-plan", {
    files: { "headwater.yaml": settings(""), ...PROJECT, "old.workflow.yaml": OLD["old.workflow.yaml"] },
    check: planned,
  });
  await draw("pull-request-removal", {
    files: { "headwater.yaml": settings("policies: { max_deleted_workflows: 25% }\n"), ...PROJECT, ...OLD },
    check: removing,
  });
} finally {
  await browser.close();
}

/** A change while a run of before is under way, beside another pull request that wants the same. */
async function planned(world) {
  const begun = await fetch(`${world.url}/api/v1/workflows/growth/ingest-orders/runs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!begun.ok) throw new Error(await begun.text());
  await until("it runs", async () => {
    const { runs } = await (await fetch(`${world.url}/api/v1/runs`)).json();
    return runs[0]?.status === "running";
  });
  const emits = "emit: [{ signal: warehouse.table-updated, params: { table: orders } }]";
  const orders = `workflow: load-orders\nsteps: { load: { run: echo, ${emits} } }\n`;
  await propose(world, { number: 42, files: { "orders.workflow.yaml": orders } });
  const more = `    ${emits}\n    env: { KEY: "\${{ secrets.ORDERS_KEY }}" }\n  audit: { needs: [load], run: python audit.py }\n`;
  return propose(world, { number: 41, files: { "ingest.workflow.yaml": ingest(4, 3) + more } });
}

/** What stays of the files is all that the change leaves. */
function removing(world) {
  const settled = settings("policies: { max_deleted_workflows: 25% }\n");
  return propose(world, { number: 43, files: { "headwater.yaml": settled, ...PROJECT }, isWhole: true });
}

async function draw(name, { files, check: look }) {
  const world = await createReviewWorld(files);
  try {
    await until("it is deployed", async () => {
      const { workflows } = await (await fetch(`${world.url}/api/v1/workflows`)).json();
      return workflows.length > 0;
    });
    const page = await browser.newPage({ viewport: { width: 952, height: 600 }, deviceScaleFactor: 1.36 });
    await page.setContent(pageOf(await look(world)));
    const taken = await page.locator(".card").screenshot();
    writeFileSync(join(root, "docs", "images", `${name}.png`), withFewColours(taken));
    console.log(`${name}.png is drawn`);
  } finally {
    await world.stop();
  }
}

/** The check of a pull request, once it is completed. */
async function propose(world, { number, files, isWhole = false }) {
  const head = await world.change(number, files, { isWhole });
  await world.github.propose(number, head);
  return until("it has its check", () =>
    world.github.checks.find((check) => check.head === head && check.status === "completed"),
  );
}

function pageOf({ title, summary, conclusion, buttons }) {
  const labels = buttons.map((id) => `<span class="button">${BUTTONS[id].label}</span>`);
  return `<style>${STYLE}
body { margin: 0; background: #fff }
.card, .card .markdown-body { font-family: "DejaVu Sans", sans-serif; font-size: 14px; color: #1f2328 }
.card { border: 1px solid #d0d7de; border-radius: 6px }
.head { display: flex; align-items: center; gap: 9px; padding: 12px 18px; background: #f6f8fa; border-bottom: 1px solid #d0d7de }
.dot { flex: none; width: 17px; height: 17px; border-radius: 50%; background: ${COLOURS[conclusion]} }
.title { flex: 1 }
.button { flex: none; padding: 3px 14px; border: 1px solid #d0d7de; border-radius: 6px; background: #fff; font-size: 13px }
.card .markdown-body { padding: 16px 18px; font-size: 15px }
</style>
<div class="card">
<div class="head"><span class="dot"></span><b>headwater</b><span class="title">${markdown.utils.escapeHtml(title)}</span>${labels.join("")}</div>
<div class="markdown-body">${markdown.render(summary)}</div>
</div>`;
}

function settings(more) {
  return `project: growth\nowner: growth-data\n${more}`;
}

/** Its step goes on for as long as the picture takes. */
function ingest(hour, retries) {
  return `workflow: ingest-orders
owner: growth-data
triggers: { schedule: "0 ${hour} * * *", timezone: America/Los_Angeles }
steps:
  load:
    run: sleep 300
    retry: { errors: ${retries} }
    timeout: 1h
`;
}

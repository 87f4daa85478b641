import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import type { FakeCheck } from "#test/server/review/fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "#test/server/review/review-world.js";
import { until } from "#test/until.js";
import { createPageWorld, visit } from "./page-world.js";
import { openChromium } from "./real-chromium.js";

const TOKEN = "a-token-of-twenty-five-chars";
const WIDTHS = [1280, 400];
const PUBLIC_URL = "https://headwater.example";
/** What a stranger may call something. */
const HOSTILE = '<img src=x onerror="document.title=1"> **bold** [x](https://evil.example)';

const EXAMPLE = {
  "daily.workflow.yaml": `workflow: daily
owner: growth
triggers: { schedule: "0 4 * * *" }
steps:
  load: { run: echo, retry: { errors: 3 } }
  audit: { needs: [load], run: python3 audit.py, env: { KEY: "\${{ secrets.ORDERS_KEY }}" }, emit: { signal: day.done } }
`,
  "daily.workflow.test.yaml":
    "workflow: daily\ntests:\n  an audit that fails keeps nobody:\n    given: { audit: { fails: error } }\n    expect: { run: succeeded }\n",
  "report.workflow.yaml":
    "workflow: report\nowner: finance\ntriggers: { signal: day.done }\nsteps:\n  send: { run: echo }\n",
};

describe("the page of a check", function () {
  this.timeout(120_000);
  let browser: Browser;
  let world: ReviewWorld;
  let check: FakeCheck;

  before(async function () {
    const opened = await openChromium();
    if (typeof opened === "string") {
      process.stderr.write(`    not tested: ${opened}\n`);
      return this.skip();
    }
    browser = opened;
    world = await createReviewWorld(FLOWS, { HEADWATER_PUBLIC_URL: PUBLIC_URL });
    check = await propose(1, { ...manyWorkflows(), ...manyErrors() });
  });

  after(async () => {
    await browser?.close();
    await world?.stop();
  });

  for (const width of WIDTHS) {
    it(`shows all that the check has no room for, ${width} px wide`, async () => {
      assert.equal(check.annotations.length, 250);
      const link = check.detailsUrl ?? assert.fail("it leads nowhere");
      assert.ok(link.startsWith(`${PUBLIC_URL}/reviews/github/`));
      assert.ok(check.summary.includes(`[the whole check](${link})`));
      const { page, complaints, look, close } = await visit(
        browser,
        world.url + link.slice(PUBLIC_URL.length),
        width,
      );
      await page
        .getByRole("heading", { name: `Check of acme/flows at ${check.head.slice(0, 12)}` })
        .waitFor();
      await page.getByRole("heading", { name: "#1 into main: failure – 500 errors" }).waitFor();
      await page.getByText("bad.workflow.yaml:502:").waitFor();
      // Its head is not shown where there is no room for a table.
      assert.equal(await page.locator("tr:has(td)").count(), 500);
      await page.getByRole("heading", { name: "added extra-299" }).waitFor();
      assert.deepEqual(await look("check"), []);
      assert.deepEqual(complaints, []);
      await close();
    });
  }

  it("shows findings, tests that fail and the plan, in the order in which a reviewer needs them", async () => {
    const { head } = await propose(3, EXAMPLE);
    const shown = await visit(browser, `${world.url}/reviews/github/11/${head}`, 1280);
    await shown.page
      .getByRole("heading", { name: /^#3 into main: failure – 1 new warning, 1 test failed/ })
      .waitFor();
    assert.equal(
      await shown.page.getByRole("link", { name: "#3" }).getAttribute("href"),
      `${world.git.url}/acme/flows/pull/3`,
    );
    const headings = await shown.page.getByRole("heading").allTextContents();
    const parts = [
      "Findings: 2",
      "Tests: 0 passed, 1 failed",
      "Plan: 1 added",
      "changed daily",
      "Whom to ask",
    ];
    const places = parts.map((part) => headings.findIndex((heading) => heading.startsWith(part)));
    assert.ok(!places.includes(-1), headings.join("\n"));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    await shown.page.getByText("failed daily: an audit that fails keeps nobody").waitFor();
    assert.deepEqual([await shown.look("check-example"), shown.complaints], [[], []]);
    await shown.close();
  });

  it("shows what strangers wrote as text", async () => {
    const steps = `steps:\n  a: { run: echo }\nowner: '${HOSTILE}'\n`;
    const { head } = await propose(2, { "x.workflow.yaml": `workflow: x\n${steps}` });
    const shown = await visit(browser, `${world.url}/reviews/github/11/${head}`, 1280);
    await shown.page.getByText(HOSTILE).first().waitFor();
    assert.equal(
      await shown.page.locator("main img, main a:not(h3 > a), main strong:has-text('bold')").count(),
      0,
    );
    assert.deepEqual(shown.complaints, []);
    await shown.close();
  });

  it("says that nobody has looked at a commit, and that a check goes on", async () => {
    const shown = await visit(browser, `${world.url}/reviews/github/11/${"0".repeat(40)}`, 1280);
    await shown.page.getByText("nobody has looked at that commit").waitFor();
    assert.deepEqual(await shown.look("no-check"), []);
    await shown.close();
  });

  it("is for those who may see the service", async () => {
    const guarded = await createPageWorld(TOKEN);
    try {
      const path = `/reviews/github/11/${check.head}`;
      assert.equal((await fetch(`${guarded.url}/api/v1${path}`)).status, 401);
      const shown = await visit(browser, guarded.url + path, 1280);
      await shown.page.getByRole("link", { name: "Sign in first" }).click();
      await shown.page.getByLabel("Token").fill(TOKEN);
      await shown.page.getByRole("button", { name: "Sign in" }).click();
      await shown.page.getByText("nobody has looked at that commit").waitFor();
      assert.equal(new URL(shown.page.url()).pathname, path);
      await shown.close();
    } finally {
      await guarded.stop();
    }
  });

  async function propose(number: number, files: Readonly<Record<string, string>>): Promise<FakeCheck> {
    const head = await world.change(number, files);
    await world.github.propose(number, head);
    return until(
      "its check is completed",
      () => world.github.checks.find((each) => each.head === head && each.status === "completed"),
      90_000,
    );
  }
});

function manyWorkflows(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `extra-${index}.workflow.yaml`,
      `workflow: extra-${index}\ntriggers: { schedule: "0 6 * * *" }\nsteps: { a: { run: echo ${"x".repeat(300)} } }\n`,
    ]),
  );
}

function manyErrors(): Readonly<Record<string, string>> {
  const steps = Array.from({ length: 500 }, (_, index) => `  s${index}: { run: echo, nedes: [] }\n`);
  return { "bad.workflow.yaml": `workflow: bad\nsteps:\n${steps.join("")}` };
}

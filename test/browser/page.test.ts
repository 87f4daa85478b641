import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Browser, Locator, Page } from "playwright-core";
import { until } from "#test/until.js";
import { FAILING_ITERATION, adjustWorkflow, idleWorkflows } from "./page-project.js";
import { createPageWorld, visit, type PageWorld, type Visit } from "./page-world.js";
import { ELSEWHERE, openChromium } from "./real-chromium.js";

const WIDTHS = [1280, 400];
const TOKEN = "a-token-of-twenty-five-chars";

describe("the page in a real browser", function () {
  this.timeout(180_000);
  let browser: Browser;
  let world: PageWorld;
  /** By width. */
  const visits = new Map<number, Visit>();

  before(async function () {
    const opened = await openChromium();
    if (typeof opened === "string") {
      process.stderr.write(`    not tested: ${opened}\n`);
      return this.skip();
    }
    browser = opened;
    world = await createPageWorld();
  });

  after(async () => {
    await browser?.close();
    await world?.stop();
  });

  for (const width of WIDTHS) {
    describe(`${width} px wide`, () => {
      it("asks for the params of a run, refuses what they may not be, shows its log, and takes an approval", () =>
        see(width, async ({ page, look }) => {
          assert.deepEqual(await look("first-sight"), []);
          await workflowRow(page, "order").getByRole("button", { name: "Run" }).click();
          const dialog = page.getByRole("dialog");
          await dialog.getByLabel("customer").fill("ann");
          await dialog.getByLabel("amount").fill("0");
          assert.deepEqual(await look("params"), []);
          await dialog.getByRole("button", { name: "Run" }).click();
          await page.getByRole("alert").getByText("amount").waitFor();
          await dialog.getByLabel("amount").fill("7");
          await dialog.getByRole("button", { name: "Run" }).click();
          await dialog.waitFor({ state: "detached" });
          await statusOf(page, "ask", "paused");
          await stepRow(page, "greet").getByRole("button", { name: "greet" }).click();
          await page.getByRole("log", { name: "Log of greet, attempt 1" }).getByText("7 for ann").waitFor();
          await page.getByRole("log").getByText("<b>careful</b>").waitFor();
          assert.deepEqual(await look("approval"), []);
          await approve(page, "bob");
          await runStatus(page, "succeeded");
          assert.deepEqual(await look("succeeded"), []);
        }));

      it("restarts a run that failed, from where it failed", () =>
        see(width, async ({ page, look }) => {
          await workflowRow(page, "once").getByRole("button", { name: "Run" }).click();
          await runStatus(page, "failed");
          assert.deepEqual(await look("failed"), []);
          await section(page).getByRole("button", { name: "Restart" }).click();
          assert.deepEqual(await look("restart"), []);
          await page.getByRole("dialog").getByRole("button", { name: "Only what is incomplete" }).click();
          await runStatus(page, "succeeded");
          await section(page).getByRole("heading", { name: "attempt 2" }).waitFor();
          assert.deepEqual(await look("restarted"), []);
        }));

      it("shows how far a run is, the run that a step has started, and where its time went", () =>
        see(width, async ({ page, look }) => {
          await workflowRow(page, "timed").getByRole("button", { name: "Run" }).click();
          await runStatus(page, "succeeded");
          const bar = page.locator("#run-progress").getByRole("progressbar", { name: "Jobs done" });
          await bar.and(page.locator("[aria-valuenow='124']")).waitFor();
          assert.equal(await bar.getAttribute("aria-valuetext"), "124 of 124 jobs");
          await page.locator("#run-times summary").focus();
          await page.keyboard.press("Enter");
          const path = page.getByRole("list", { name: "Critical path" });
          for (const words of ["rest sleep 1.", "again 1.", "the next try 1.", "report another run"])
            await path.getByText(words).first().waitFor();
          await path.getByText("steps in a row").waitFor();
          assert.equal(await path.getByText("aside").count(), 0);
          await page.getByRole("list", { name: "Steps" }).getByText("aside").waitFor();
          assert.deepEqual(await look("times"), []);
          await stepRow(page, "report").getByRole("link", { name: "its run" }).click();
          await section(page).getByRole("heading", { name: "page/linked" }).waitFor();
        }));

      it("changes a step and keeps why", () =>
        see(width, async ({ page, look }) => {
          await workflowRow(page, "rest").getByRole("button", { name: "Run" }).click();
          await statusOf(page, "rest", "running");
          await stepRow(page, "rest").getByRole("button", { name: "Change" }).click();
          await page.getByRole("dialog").getByLabel("Why").fill("it has rested enough");
          assert.deepEqual(await look("change"), []);
          await page.getByRole("dialog").getByRole("button", { name: "Skip it" }).click();
          await statusOf(page, "rest", "skipped");
          await stepRow(page, "rest").getByText("it has rested enough").waitFor();
          await runStatus(page, "succeeded");
        }));

      it("pauses a workflow and keeps why, and lets it go on", () =>
        see(width, async ({ page, look }) => {
          const row = workflowRow(page, "order");
          await row.getByRole("button", { name: "Pause" }).click();
          const dialog = page.getByRole("dialog");
          await dialog.getByLabel("Why").fill("the rates are wrong");
          await dialog.getByRole("button", { name: "Pause the workflow" }).click();
          await row.getByText("the rates are wrong").waitFor();
          assert.deepEqual(await look("paused"), []);
          await row.getByRole("button", { name: "Resume" }).click();
          await row.getByRole("button", { name: "Pause" }).waitFor();
        }));

      it("cancels a run and keeps why", () =>
        see(width, async ({ page, look }) => {
          await workflowRow(page, "rest").getByRole("button", { name: "Run" }).click();
          await statusOf(page, "rest", "running");
          await section(page).getByRole("button", { name: "Cancel" }).click();
          await page.getByRole("dialog").getByLabel("Why").fill("no longer needed");
          assert.deepEqual(await look("cancel"), []);
          await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
          await runStatus(page, "canceled");
          await section(page).getByText("no longer needed").first().waitFor();
        }));
    });
  }

  it("restarts a run with other params, and with another version", () =>
    see(400, async ({ page, look }) => {
      await workflowRow(page, "adjust").getByRole("button", { name: "Run" }).click();
      await page.getByRole("dialog").getByLabel("mode").fill("slow");
      await page.keyboard.press("Enter");
      await runStatus(page, "failed");
      const dialog = page.getByRole("dialog");
      const restart = () => section(page).getByRole("button", { name: "Restart" }).click();
      await restart();
      assert.equal(await dialog.getByLabel("mode").inputValue(), "slow");
      await dialog.getByLabel("size").fill("many");
      await dialog.getByLabel("mode").fill("fast");
      assert.deepEqual(await look("restart-params"), []);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("size").waitFor();
      await dialog.getByLabel("size").fill("4");
      await page.keyboard.press("Enter");
      await runStatus(page, "succeeded");
      await section(page).getByText('mode="fast" size=4').waitFor();
      await world.deploy({ "adjust.workflow.yaml": adjustWorkflow("quick") });
      await restart();
      await dialog.getByLabel("Version").selectOption({ index: 1 });
      await dialog.getByLabel("mode").fill("quick");
      await dialog.getByLabel("Why").fill("to see it fail");
      await dialog.getByRole("button", { name: "From the beginning" }).click();
      await section(page).getByRole("heading", { name: "attempt 3" }).waitFor();
      await runStatus(page, "failed");
    }));

  it("sets a breakpoint, and how many iterations go at once, by the keyboard alone", () =>
    see(1280, async ({ page, look }) => {
      const { keyboard } = page;
      const dialog = page.getByRole("dialog");
      await tabTo(page, workflowRow(page, "wide").getByRole("button", { name: "Run" }));
      await keyboard.press("Enter");
      await statusOf(page, "load[0].rest", "running");
      await tabTo(page, stepRow(page, "load").getByRole("button", { name: "At once" }));
      await keyboard.press("Enter");
      await dialog.waitFor();
      await keyboard.type("2");
      assert.deepEqual(await look("at-once"), []);
      await keyboard.press("Enter");
      await statusOf(page, "load[1].rest", "running");
      const breakpoint = section(page).getByRole("button", { name: "Breakpoint" });
      await tabTo(page, breakpoint);
      await keyboard.press("Enter");
      await dialog.waitFor();
      await keyboard.type("after");
      await keyboard.press("Tab");
      await keyboard.type("to look");
      assert.deepEqual(await look("breakpoint"), []);
      await keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
      await stepRow(page, "ask").getByRole("button", { name: "Approve" }).click();
      await dialog.getByLabel("Your name").fill("ann");
      await keyboard.press("Enter");
      await statusOf(page, "after", "paused");
      await tabTo(page, breakpoint);
      await keyboard.press("Enter");
      await dialog.waitFor();
      await keyboard.type("after");
      await dialog.getByRole("button", { name: "Take it away" }).click();
      await statusOf(page, "after", "succeeded");
    }));

  it("shows the one iteration of 5,000 that failed, and others when somebody asks for them", () =>
    see(1280, async ({ page, look }) => {
      await workflowRow(page, "many").getByRole("button", { name: "Run" }).click();
      await runStatus(page, "failed");
      await statusOf(page, `check[${FAILING_ITERATION}].broken`, "failed");
      assert.equal(await page.locator("#steps tr:has(td)").count(), 2);
      assert.deepEqual(await look("many"), []);
      await page.locator("#steps").getByRole("button", { name: "Show iterations" }).click();
      await statusOf(page, "check[0].fine", "succeeded");
      await statusOf(page, `check[${FAILING_ITERATION}].broken`, "failed");
    }));

  it("leads to a run by the URL that the run is told, also in the form of earlier versions", () =>
    see(1280, async ({ page }) => {
      const params = { project: "page", workflow: "linked" };
      const { id, name } = await world.client.startRun({ params, body: {} });
      const find = () => world.client.getRun({ params: { id } });
      await until("the run has ended", async () => (await find()).endedAt !== null);
      const url = (await find()).outputs?.["url"];
      assert.ok(typeof url === "string");
      for (const link of [url, url.replace("#", "#/runs/")]) {
        await page.goto("about:blank");
        await page.goto(link);
        await section(page).getByRole("heading", { name, exact: true }).waitFor();
        await runStatus(page, "succeeded");
      }
      await page.goto("about:blank");
      await page.goto(url.replace(/#.*/, "#run_of-nobody"));
      await section(page).getByText("run_of-nobody").waitFor();
    }));

  it("starts a run where plain HTTP leads to another machine, and says what keeps it from that", async () => {
    const guarded = await createPageWorld(TOKEN);
    const { page, close } = await visit(browser, guarded.url.replace("127.0.0.1", ELSEWHERE), 1280);
    try {
      assert.equal(await page.evaluate("isSecureContext"), false);
      await signIn(page, TOKEN);
      await workflowRow(page, "linked").getByRole("button", { name: "Run" }).click();
      await runStatus(page, "succeeded");
      await page.evaluate("crypto.getRandomValues = () => { throw new Error('no chance') }");
      await workflowRow(page, "linked").getByRole("button", { name: "Run" }).click();
      await page.getByRole("alert").getByText("no chance").waitFor();
    } finally {
      await close();
      await guarded.stop();
    }
  });

  it("shows the first 200 workflows, the others when somebody asks for them, and what is the matter with their repository", async () => {
    const large = await createPageWorld("", idleWorkflows(200));
    const { page, close } = await visit(browser, large.url, 1280);
    try {
      const rows = page.locator("#workflows tr:has(button)");
      await rows.nth(199).waitFor();
      assert.equal(await rows.count(), 200);
      const more = page.locator("#workflows").getByRole("button", { name: "Show more" });
      await more.click();
      await workflowRow(page, "rest").waitFor();
      assert.equal(await more.count(), 0);
      const listed = page.locator("#deployments tr");
      await listed.filter({ hasText: "active" }).waitFor();
      await large.loseRepository();
      const event = listed.filter({ hasText: "unreachable" });
      await event.getByText("there is no such folder").waitFor();
      await event.getByText("It has gone on for").waitFor();
      assert.deepEqual(await listed.locator("td:first-child").allTextContents(), ["unreachable", "active"]);
    } finally {
      await close();
      await large.stop();
    }
  });

  it("can be used by the keyboard alone", () =>
    see(1280, async ({ page }) => {
      const { keyboard } = page;
      await workflowRow(page, "order").waitFor();
      await tabTo(page, workflowRow(page, "order").getByRole("button", { name: "Run" }));
      await keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await keyboard.type("bob");
      await keyboard.press("Enter");
      await statusOf(page, "ask", "paused");
      await tabTo(page, stepRow(page, "ask").getByRole("button", { name: "Reject" }));
      await keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal(await stepRow(page, "ask").getByRole("button", { name: "Reject" }).count(), 1);
      await tabTo(page, stepRow(page, "ask").getByRole("button", { name: "Reject" }));
      await keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await keyboard.type("ann");
      await keyboard.press("Enter");
      await runStatus(page, "failed");
    }));

  it("asks for the token of a service that has one, and signs out everywhere", async () => {
    const guarded = await createPageWorld(TOKEN);
    const [one, other] = [await visit(browser, guarded.url, 1280), await visit(browser, guarded.url, 400)];
    try {
      await signIn(one.page, "a-wrong-token-of-some-chars");
      await one.page.getByRole("alert").getByText("the token is not").waitFor();
      assert.deepEqual(await one.look("sign-in"), []);
      for (const { page } of [one, other]) {
        await signIn(page, TOKEN);
        await workflowRow(page, "order").waitFor();
      }
      await one.page.getByRole("button", { name: "Sign out" }).click();
      assert.deepEqual(await one.look("sign-out"), []);
      await one.page.getByRole("dialog").getByRole("button", { name: "In all browsers" }).click();
      await one.page.getByLabel("Token").waitFor();
      await other.page.reload();
      await other.page.getByLabel("Token").waitFor();
    } finally {
      await Promise.all([one.close(), other.close()]);
      await guarded.stop();
    }
  });

  async function see(width: number, look: (visit: Visit) => Promise<void>): Promise<void> {
    const earlier = visits.get(width);
    await earlier?.startOver();
    const visited = earlier ?? (await visit(browser, world.url, width));
    // Where something went wrong, the next test has a page of its own.
    visits.delete(width);
    await look(visited);
    assert.deepEqual(visited.complaints, []);
    visits.set(width, visited);
  }
});

function section(page: Page): Locator {
  return page.locator("#run-section");
}

function workflowRow(page: Page, name: string): Locator {
  return page.locator("#workflows tr").filter({ hasText: `page / ${name}` });
}

function stepRow(page: Page, path: string): Locator {
  return page
    .locator("#steps tr")
    .filter({ has: page.locator("td:first-child", { hasText: exactly(path) }) });
}

async function statusOf(page: Page, path: string, status: string): Promise<void> {
  await stepRow(page, path).getByText(exactly(status)).waitFor();
}

async function runStatus(page: Page, status: string): Promise<void> {
  await page.locator("#run-facts").getByText(exactly(status)).waitFor();
}

async function approve(page: Page, name: string): Promise<void> {
  await stepRow(page, "ask").getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your name").fill(name);
  await dialog.getByRole("button", { name: "Approve" }).click();
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** As somebody does who has no mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await until(
    "the focus is there",
    async () => {
      if ((await target.and(page.locator(":focus")).count()) === 1) return true;
      await page.keyboard.press("Tab");
      return false;
    },
    60_000,
  );
}

function exactly(words: string): RegExp {
  return new RegExp(`^${words.replaceAll(/[[\]().]/g, "\\$&")}$`);
}

import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Browser, Page } from "playwright-core";
import { until } from "#test/until.js";
import { createPageWorld, visit, type PageWorld } from "./page-world.js";
import { openChromium } from "./real-chromium.js";

const SETTINGS = `
project: page
environments: { production: { branch: main }, staging: { branch: develop } }
`;

describe("the page of a service with several environments", function () {
  this.timeout(180_000);
  let browser: Browser;
  let world: PageWorld;

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

  it("has no switch where there is one, and shows it as soon as there are two", async () => {
    const { page, complaints, close } = await visit(browser, world.url, 1280);
    try {
      await page.getByRole("row").filter({ hasText: "page / linked" }).waitFor();
      assert.equal(await switchOf(page).count(), 0);
      await world.deploy({ "headwater.yaml": SETTINGS });
      world.branchOff("develop");
      await world.client.syncRepository({ params: { name: "page" } });
      await switchOf(page).waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  });

  for (const width of [1280, 400])
    it(`lists what is in the one that is chosen by the keyboard, and its address keeps that, ${width} px wide`, async () => {
      const { page, look, complaints, close } = await visit(browser, world.url, width);
      try {
        await start("production");
        const { id, name } = await start("staging");
        await rowsOf(page, "runs", 1);
        await switchOf(page).focus();
        await page.keyboard.press("ArrowDown");
        await page.waitForURL(/\?environment=staging$/);
        await until(
          "the deployments are those of staging",
          async () => !(await deploymentsOf(page)).some((row) => row.includes("production")) || null,
        );
        await page
          .locator("#runs")
          .getByRole("link", { name, exact: true })
          .and(page.locator(`[href='#${id}']`))
          .click();
        await page.locator("#run-section").getByText("in staging").waitFor();
        await page.waitForURL(new RegExp(`\\?environment=staging#${id}$`));
        assert.deepEqual(await look("environments"), []);
        await page.reload();
        await page.locator("#run-section").getByText("in staging").waitFor();
        assert.equal(await switchOf(page).inputValue(), "staging");
        await page
          .getByRole("row")
          .filter({ hasText: "page / linked" })
          .getByRole("button", { name: "Run" })
          .click();
        // Until then the run of before is shown, which is in staging as well.
        await page.waitForURL(({ hash }) => hash !== `#${id}`);
        await page.locator("#run-section").getByText("in staging").waitFor();
        await page.getByRole("link", { name: "Close" }).click();
        await page.locator("#run-section").waitFor({ state: "hidden" });
        assert.match(page.url(), /\?environment=staging#$/);
        await switchOf(page).selectOption("production");
        await page.waitForURL((url) => !url.search.includes("environment"));
        await until(
          "the deployments are those of production",
          async () => !(await deploymentsOf(page)).some((row) => row.includes("staging")) || null,
        );
        await page.goBack();
        await until(
          "the switch goes back too",
          async () => (await switchOf(page).inputValue()) === "staging" || null,
        );
        assert.deepEqual(complaints, []);
      } finally {
        await close();
      }
    });

  it("says so where nothing is deployed in the one that the address names", async () => {
    const { page, close } = await visit(browser, `${world.url}/?environment=moon`, 400);
    try {
      await page.getByText("No workflow is deployed in moon").waitFor();
      await page.getByText("No commit for moon was seen yet").waitFor();
      assert.equal(await switchOf(page).inputValue(), "moon");
    } finally {
      await close();
    }
  });

  /** Runs it there to its end. */
  async function start(environment: string) {
    const params = { project: "page", workflow: "linked" };
    const { id } = await world.client.startRun({ params, query: { environment }, body: {} });
    return until("the run has ended", async () => {
      const run = await world.client.getRun({ params: { id } });
      return run.endedAt === null ? null : run;
    });
  }
});

function switchOf(page: Page) {
  return page.getByRole("combobox", { name: "Environment" });
}

/** The text of each row, as soon as there are any. */
async function deploymentsOf(page: Page): Promise<readonly string[]> {
  await rowsOf(page, "deployments", 1);
  return page.locator("#deployments tr:has(td)").allInnerTexts();
}

async function rowsOf(page: Page, list: string, atLeast: number): Promise<void> {
  await page
    .locator(`#${list} tr:has(td)`)
    .nth(atLeast - 1)
    .waitFor();
}

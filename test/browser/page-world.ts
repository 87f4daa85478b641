import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { createClient, type Client } from "@headwater/api";
import { startServiceProcess } from "#test/faults/service-process.js";
import { until } from "#test/until.js";
import { branchOff, commitFiles, makePageProject } from "./page-project.js";

/** `SHOTS=folder` leaves a picture of every moment that a test names. */
const SHOTS = process.env["SHOTS"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT_MS = 30_000;

/** The real service with a project of workflows to click on. */
export interface PageWorld {
  readonly client: Client;
  readonly url: string;
  /** Another commit, deployed when this resolves. */
  deploy(files: Readonly<Record<string, string>>): Promise<void>;
  /** Another branch of the repository, at the commit where it stands. */
  branchOff(branch: string): void;
  /** The repository is not where it was any more. */
  loseRepository(): Promise<void>;
  stop(): Promise<void>;
}

/** Somebody before the page. */
export interface Visit {
  readonly page: Page;
  /** What the console said that it should not have said. */
  readonly complaints: readonly string[];
  /** Leaves a picture when pictures are wanted. Answers what is wrong with what is seen: too wide, or not accessible. */
  look(name: string): Promise<readonly string[]>;
  /** Opens the page once more, which remembers nobody. Cheaper than another visit: the browser has compiled what looks at it. */
  startOver(): Promise<void>;
  close(): Promise<void>;
}

/** With a token the service asks for it; `more` files are in the project. */
export async function createPageWorld(
  token = "",
  more: Readonly<Record<string, string>> = {},
): Promise<PageWorld> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-page-"));
  const repository = join(folder, "repository");
  mkdirSync(repository);
  makePageProject(repository, more);
  const service = await startServiceProcess(join(folder, "data"), { HEADWATER_TOKEN: token });
  const { url } = service;
  const client = createClient({ baseUrl: url, fetch, token });
  await client.addRepository({ body: { url: repository, name: "page" } });
  await until("the deployment", async () => (await client.listWorkflows()).workflows.length > 0);
  return {
    client,
    url,
    async deploy(files) {
      commitFiles(repository, files);
      await client.syncRepository({ params: { name: "page" } });
    },
    branchOff: (branch) => branchOff(repository, branch),
    async loseRepository() {
      renameSync(repository, `${repository}-elsewhere`);
      await client.syncRepository({ params: { name: "page" } }).catch(() => undefined);
    },
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens the page at this width, in pixels. */
export async function visit(browser: Browser, url: string, width: number): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The browser notes every refusal; those that somebody should see are on the page.
    const isRefusal = message
      .text()
      .startsWith("Failed to load resource: the server responded with a status of 4");
    if (!isRefusal && ["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return {
    page,
    complaints,
    async look(name) {
      if (SHOTS !== undefined)
        await page.screenshot({ path: join(SHOTS, `${width}-${name}.png`), fullPage: true });
      return [...(await findTooWide(page)), ...(await findInaccessible(page, width))];
    },
    async startOver() {
      await page.evaluate("localStorage.clear()");
      await page.goto(url);
    },
    close: () => context.close(),
  };
}

/** Nobody wants to scroll to both sides. */
async function findTooWide(page: Page): Promise<readonly string[]> {
  const [content = 0, window = 0] = await page.evaluate<number[]>(
    "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
  );
  return content > window ? [`the page is ${content} px wide, its window ${window} px`] : [];
}

/** Colours are the same at every width, and the dearest rule by far: they are looked at where everything has room. */
const COLOURS_WIDTH_MIN = 1000;

/** By WCAG 2.2 A and AA and the rules of good practice of https://github.com/dequelabs/axe-core. */
async function findInaccessible(page: Page, width: number): Promise<readonly string[]> {
  const rules = { "color-contrast": { enabled: width >= COLOURS_WIDTH_MIN } };
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run({ resultTypes: ["violations"], rules: ${JSON.stringify(rules)} }).then(({ violations }) =>
       violations.map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.map(({ html }) => html).join(" ")))`,
  );
}

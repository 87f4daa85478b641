import { after, afterEach, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { openChromium } from "#test/browser/real-chromium.js";
import { hasEdition, startEditorServer, type Edition, type EditorServer } from "./editor-server.js";
import { Workbench } from "./workbench.js";
import { bundleExtension } from "./workspace.js";

/** Longer than any few waits within. */
const TEST_MS_MAX = 300_000;

/** What is the same in every edition is tried in this one. */
export const NEWEST: Edition = "1.137";
const EVERY: readonly Edition[] = [NEWEST, "1.91"];

/** `EDITION=1.91` runs the tests in that one only. */
const WANTED = EVERY.filter((edition) => edition === (process.env["EDITION"] ?? edition));

/** VS Code as it stands before somebody. */
export interface Opened {
  workbench: Workbench;
  readonly server: EditorServer;
  /** Closes the window, and opens one that knows nothing of it, with these settings. */
  reopen(settings: Readonly<Record<string, unknown>>): Promise<void>;
}

interface World {
  readonly files: Readonly<Record<string, string>>;
  /** What there must be before the workbench opens; answers its settings. */
  prepare?(server: EditorServer): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Tests that run in every edition of VS Code, one workbench for all of them: what one leaves the next one finds. What fails leaves a
 * picture, and the last that the console said.
 */
export function describeInEditions(
  title: string,
  world: World,
  define: (edition: Edition, opened: () => Opened) => void,
): void {
  describe(title, function () {
    this.timeout(TEST_MS_MAX);
    let browser: Browser | undefined;
    before(async function () {
      const chromium = await openChromium();
      if (typeof chromium === "string") return this.skip();
      browser = chromium;
      bundleExtension();
    });
    after(() => browser?.close());
    for (const edition of WANTED) {
      describe(`in VS Code ${edition}`, () => {
        const opened = openAround(edition, world, () => browser);
        define(edition, opened);
      });
    }
  });
}

/** For what is the same in every edition: `it` in the newest, nothing in the others, of which each second counts. */
export function itOnce(edition: Edition): (title: string, test: () => Promise<void>) => void {
  return (title, test) => {
    if (edition === NEWEST) it(title, test);
  };
}

function openAround(edition: Edition, world: World, browser: () => Browser | undefined): () => Opened {
  let opened: Opened | undefined;
  before(async () => {
    if (!hasEdition(edition)) throw new EditorMissing();
    const server = await startEditorServer({ edition, files: world.files });
    if (world.prepare !== undefined) server.setSettings(await world.prepare(server));
    const chromium = browser();
    if (chromium === undefined) return;
    const open = (): Promise<Workbench> => Workbench.open(chromium, server, edition);
    opened = {
      server,
      workbench: await open(),
      async reopen(settings) {
        await this.workbench.close();
        server.setSettings(settings);
        this.workbench = await open();
      },
    };
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed" || opened === undefined) return;
    await opened.workbench.shoot("failed");
    process.stderr.write(`${opened.workbench.console()}\n`);
  });
  after(async () => {
    await opened?.workbench.close();
    await opened?.server.close();
  });
  return () => {
    if (opened === undefined) throw new EditorMissing();
    return opened;
  };
}

class EditorMissing extends Error {
  readonly code = "editor-missing";
  override readonly message =
    "There is no VS Code to test in: npm test installs it, or npm ci --prefix test/editor --ignore-scripts";
}

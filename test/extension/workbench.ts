import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  errors,
  type Browser,
  type BrowserContext,
  type Frame,
  type Locator,
  type Page,
} from "playwright-core";
import { until } from "#test/until.js";
import type { EditorServer } from "./editor-server.js";

/** Machines of CI are slow; what does not happen within this will not happen. */
export const WAIT_MS = 90_000;
/** After this long a click has missed. */
const CLICK_MS = 8000;
/** A window that has no files after this long gets none. */
const START_MS = 60_000;
/** Files are looked for by an extension, which must be there first. */
const LOOK_MS = 30_000;

/** `SHOTS=folder` says where the pictures go that the tests take. */
const SHOTS =
  process.env["SHOTS"] ?? join(import.meta.dirname, "..", "..", "..", ".cache", "pictures", "extension");

/** A theme that VS Code has, and the class by which it says of which kind it is. */
export interface Theme {
  readonly label: string;
  readonly kind: "vs" | "vs-dark" | "hc-black" | "hc-light";
}

/** VS Code as somebody has it before them, driven by what they would type and click. */
export class Workbench {
  readonly page: Page;
  /** What a page threw, and addresses outside this machine that were asked for. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #name: string;
  readonly #console: string[] = [];

  private constructor(context: BrowserContext, page: Page, name: string) {
    this.#context = context;
    this.page = page;
    this.#name = name;
    page.setDefaultTimeout(WAIT_MS);
    page.on("console", (message) => this.#console.push(`[${message.type()}] ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("crash", () => this.complaints.push("the page crashed"));
  }

  /** Opens the workspace, and waits for its files. */
  static async open(browser: Browser, server: EditorServer, name: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const workbench = new Workbench(context, await context.newPage(), name);
    await context.route(isElsewhere, (route) => {
      workbench.complaints.push(`asked for ${route.request().url()}`);
      return route.abort();
    });
    await workbench.#load(server.url);
    return workbench;
  }

  /** VS Code 1.91 starts without its files now and then, and then never has them: the folder itself stands in their place, with a mark. */
  async #load(url: string): Promise<void> {
    const settings = this.page.locator(".explorer-folders-view .monaco-list-row", {
      hasText: "headwater.yaml",
    });
    await until(
      "the files of the workspace",
      async () => {
        await this.page.goto(url, { timeout: WAIT_MS });
        return settings.waitFor({ timeout: START_MS }).then(() => true, isLate);
      },
      2 * WAIT_MS,
    );
  }

  /** Opens a file by its name, and waits for its text. */
  async openFile(name: string): Promise<void> {
    await this.#pick("Control+KeyP", name, name);
    await this.page.locator(".tab.active", { hasText: name }).first().waitFor();
    await this.lines.first().waitFor();
  }

  /** Runs a command by the title that it has in the palette. */
  async run(title: string): Promise<void> {
    await this.#pick("F1", `>${title}`, title);
  }

  /**
   * Opens by a key what asks at the top of the window, and picks an entry. A page within the window that has just come takes the keyboard
   * when it likes: a key that it swallows opens nothing, and what was open closes. Then it is done anew.
   */
  async #pick(key: string, typed: string, entry: string): Promise<void> {
    await until(
      `the entry "${entry}" at the top of the window`,
      async () => {
        // What is open looks for what it has looked for already no second time.
        if (await this.question.isVisible()) await this.page.keyboard.press("Escape");
        await this.page.evaluate(LEAVE_PAGES);
        await this.page.keyboard.press(key);
        return this.#choose(typed, entry, CLICK_MS).then(() => true, isLate);
      },
      WAIT_MS,
    );
  }

  /** Picks an entry of what is asked at the top of the window, as soon as that is; it may have to be looked for. */
  async #choose(typed: string, entry: string, openMs = WAIT_MS): Promise<void> {
    const timeout = LOOK_MS;
    await this.question.waitFor({ timeout: openMs });
    const asked = await this.#asked();
    await this.question.fill(typed, { timeout });
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: entry }).first();
    await row.click({ timeout });
    await this.#answered(asked, timeout);
  }

  /** Answers the question at the top of the window, and waits until it is taken: until then it would get the next answer too. */
  async answer(text: string): Promise<void> {
    const asked = await until("a question", () => this.#asked(), WAIT_MS);
    await this.question.fill(text);
    await this.question.press("Enter");
    await this.#answered(asked, WAIT_MS);
  }

  /** Which question it is; null when none is asked. */
  #asked(): Promise<string | null> {
    return this.page.evaluate<string | null>(ASKED);
  }

  /** Waits for another question, or none: the extension looks at an answer before it takes it. */
  async #answered(asked: string | null, timeout: number): Promise<void> {
    await this.page.waitForFunction(`${ASKED} !== ${JSON.stringify(asked)}`, undefined, { timeout });
  }

  /** Types another text where this one stands in the file. */
  async replaceInEditor(old: string, text: string): Promise<void> {
    await this.select(old);
    await this.page.keyboard.type(text);
  }

  /** Selects the first place of the file that has this text. */
  async select(text: string): Promise<void> {
    await this.page.keyboard.press("Control+KeyF");
    const find = this.page.locator(".find-widget .find-part textarea");
    await find.waitFor();
    await find.fill(text);
    await this.page.locator(".find-widget .matchesCount", { hasText: "1 of" }).waitFor({ state: "attached" });
    // One key may close something else that has just come; one more than it takes would give the selection up.
    const widget = this.page.locator(".find-widget.visible");
    await until("the search is closed", async () => {
      await this.page.keyboard.press("Escape");
      return widget.waitFor({ state: "detached", timeout: 3000 }).then(
        () => true,
        () => null,
      );
    });
  }

  /** Closes an editor by its tab: a page within it may have the keyboard. */
  async closeTab(name: string): Promise<void> {
    const tab = this.page.locator(".tab", { hasText: name });
    await tab.click({ button: "middle" });
    await tab.waitFor({ state: "detached" });
  }

  /** The lines of the editors that are seen. */
  get lines(): Locator {
    return this.page.locator(".monaco-editor .view-line");
  }

  /** The line of the editor that has a text. */
  line(text: string | RegExp): Locator {
    return this.lines.filter({ hasText: text }).first();
  }

  /** Clicks a line, so that its editor has the focus: VS Code forgets the lenses that it asked for when an editor loses it. */
  async focusEditor(text: string): Promise<void> {
    await this.line(text).click();
  }

  /** A lens with this text. */
  lens(text: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration a", { hasText: text }).first();
  }

  /** The lenses above the name of a workflow, from left to right, once those of the language server and of the service are there. */
  async topLenses(): Promise<readonly string[]> {
    const text = await this.page.locator(".codelens-decoration", { hasText: "Graph" }).first().innerText();
    return text.split("|").map((title) => title.replaceAll("\u00A0", " ").trim());
  }

  /** Clicks a lens until what it leads to is seen: one that is drawn anew below the pointer takes no click. */
  async clickLens(text: string | RegExp, leadsTo: Locator): Promise<void> {
    await until(
      `what the lens ${String(text)} leads to`,
      async () => {
        await this.lens(text)
          .click({ timeout: CLICK_MS })
          .catch(() => undefined);
        await leadsTo.waitFor({ timeout: CLICK_MS }).catch(() => undefined);
        return leadsTo.isVisible();
      },
      WAIT_MS,
    );
  }

  /** Signs in to the service that the workspace names. */
  async signIn(token: string): Promise<void> {
    const bar = this.page.locator(".statusbar-item", { hasText: "Headwater: sign in" });
    await bar.waitFor();
    await this.run("Headwater: Sign In");
    await this.answer(token);
    await bar.waitFor({ state: "detached" });
  }

  /** Looks as this theme does; answers when pages within do, too. */
  async useTheme({ label, kind }: Theme): Promise<void> {
    await this.run("Preferences: Color Theme");
    await this.#choose(label, label);
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** What is told over the first name in a line. */
  async hoverOver(line: string | RegExp): Promise<Locator> {
    await this.line(line).click();
    await this.page.keyboard.press("Home");
    await this.run("Show or Focus Hover");
    const hover = this.page.locator(".monaco-editor .monaco-hover").filter({ visible: true }).first();
    await hover.waitFor();
    return hover;
  }

  /** The frame in which the graph is. */
  async graph(): Promise<Frame> {
    const inner = this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
    const element = await inner.locator("#graph svg").elementHandle();
    const frame = await element?.ownerFrame();
    if (frame == null) throw new NoFrame();
    return frame;
  }

  /** Waits until a page within the window has such a text; one that renders Markdown takes its time the first time. */
  async pageWith(what: string, isIt: (text: string) => boolean): Promise<void> {
    await until(
      what,
      async () => {
        const bodies = this.page.frames().map((frame) => frame.locator("body"));
        const texts = bodies.map((body) => body.innerText({ timeout: 2000 }).catch(() => ""));
        return (await Promise.all(texts)).some(isIt);
      },
      120_000,
    );
  }

  /** What asks at the top of the window. */
  get question(): Locator {
    return this.page.locator(".quick-input-widget .quick-input-box input");
  }

  /** Rows of the panel of problems, which is opened. */
  async problems(): Promise<Locator> {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.page.keyboard.press("Control+Shift+KeyM");
    await panel.waitFor();
    return panel.locator(".monaco-list-row");
  }

  /** Leaves a picture, in which nothing is said of what happens to be below the pointer. */
  async shoot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.mouse.move(0, 0);
    await this.page.locator(".workbench-hover-container").first().waitFor({ state: "hidden" });
    // What a preview of Markdown says of the server that the tests have, which has no certificate.
    for (const frame of this.page.frames())
      await frame.evaluate("document.getElementById('code-csp-warning')?.remove()").catch(() => undefined);
    await this.page.screenshot({ path: join(SHOTS, `${this.#name}-${name}.png`) });
  }

  /** The last that its console said. */
  console(): string {
    return this.#console.slice(-40).join("\n");
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

/** Pages within the window keep the keys that they get. */
const LEAVE_PAGES = `if (document.activeElement?.localName === "iframe") document.activeElement.blur()`;

/** All questions have one widget, which is hidden between them. */
const ASKED = `(() => {
  const widget = document.querySelector(".quick-input-widget");
  if (widget === null || widget.getClientRects().length === 0) return null;
  const title = widget.querySelector(".quick-input-title")?.textContent ?? "";
  return title + "\\n" + (widget.querySelector(".quick-input-box input")?.placeholder ?? "");
})()`;

/** False for what has not come yet. */
function isLate(error: unknown): false {
  if (error instanceof errors.TimeoutError) return false;
  throw error;
}

function isElsewhere({ protocol, hostname }: URL): boolean {
  const isNear = hostname === "127.0.0.1" || hostname === "localhost" || hostname.endsWith(".localhost");
  return /^(https?|wss?):$/.test(protocol) && !isNear;
}

class NoFrame extends Error {
  readonly code = "no-frame";
  override readonly message = "The page of the graph went away while it was looked at";
}

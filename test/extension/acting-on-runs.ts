import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { until } from "#test/until.js";
import type { Opened } from "./editions.js";
import { findFaint, findInaccessible } from "./seen-page.js";
import type { ServiceWorld } from "./service-world.js";
import type { Theme } from "./workbench.js";
import { BROKEN_WORKFLOW, EVERY_LOOK } from "./workspace.js";

const PATH = "pipelines/every.workflow.yaml";
/** What is Markdown where it is taken for that. */
const NOTE = "![x](https://e.vil/t.png) **all** of it?";
const THEMES: readonly Theme[] = [
  { label: "Dark Modern", kind: "vs-dark" },
  { label: "Dark High Contrast", kind: "hc-black" },
  { label: "Light High Contrast", kind: "hc-light" },
  { label: "Light Modern", kind: "vs" },
];

interface Acted {
  readonly opened: () => Opened;
  readonly service: () => ServiceWorld;
}

/** Defines the tests, in a window that is signed in to a service with `EVERY_LOOK`. */
export function describeActing({ opened, service }: Acted): void {
  async function startRun(): Promise<void> {
    const params = { project: "shop", workflow: "every" };
    await service().client.startRun({ params, body: { params: { note: NOTE } } });
  }

  /** How a step of the newest run is. */
  async function statusOf(path: string): Promise<string | undefined> {
    const { client } = service();
    const [run] = (await client.listRuns({ query: { workflow: "every" } })).runs;
    const { steps } = await client.listSteps({ params: { id: run?.id ?? "" }, query: {} });
    return steps.find((step) => step.path === path)?.status;
  }

  describe("when runs are acted on", () => {
    it("tells over a step that failed the last that it wrote, as that was written", async () => {
      const { workbench } = opened();
      await startRun();
      await workbench.openFile("every.workflow.yaml");
      await workbench.focusEditor("workflow: every");
      await workbench.lens("Answer").waitFor();
      const hover = await workbench.hoverOver(/^\s*check:/);
      await hover.getByText("![42 rows](https://e.vil/t.png) are missing").waitFor();
      assert.match(await hover.innerText(), /check\s+failed\s+in\s[^]*Open\s+log/);
      assert.equal(await hover.locator("img, a[href^='https']").count(), 0);
      await workbench.shoot("failed-hover");
      await workbench.page.keyboard.press("Escape");
    });

    it("tells over a step that waits what it waits for, as that was written", async () => {
      const { workbench } = opened();
      const hover = await workbench.hoverOver(/^\s*release:/);
      await hover.getByText(NOTE).first().waitFor();
      assert.equal(await hover.locator("img, strong:has-text('all'), a[href^='https']").count(), 0);
      await workbench.page.keyboard.press("Escape");
    });

    it("goes by keyboard from the graph to a step, with Space as with Enter", async () => {
      const { workbench } = opened();
      await workbench.focusEditor("workflow: every");
      await workbench.run("Headwater: Show Graph");
      const graph = await workbench.graph();
      for (const [key, step, place] of [
        ["Space", "check", /Ln 14, .*5 selected/],
        ["Enter", "release", /Ln 24, .*7 selected/],
      ] as const) {
        await graph.locator(`[data-step="${step}"]`).focus();
        await workbench.page.keyboard.press(key);
        await workbench.page.locator(".statusbar-item", { hasText: place }).waitFor();
      }
    });

    for (const theme of THEMES) {
      it(`can be read in ${theme.label}`, async () => {
        const { workbench } = opened();
        const { page } = workbench;
        await workbench.useTheme(theme);
        const tree = page.locator('.sidebar .monaco-list-row[aria-label^="workflow every"]');
        if (!(await tree.first().isVisible()))
          await page.locator('.activitybar .action-label[aria-label^="Headwater"]').click();
        await tree.first().waitFor();
        const graph = await workbench.graph();
        await graph.locator(`body.${BODY[theme.kind]}`).waitFor();
        for (const look of ["succeeded", "failed", "skipped", "running", "waiting"])
          await graph.locator(`[data-look="${look}"]`).first().waitFor();
        await workbench.shoot(`theme-${theme.kind}`);
        assert.deepEqual(await findFaint(graph), []);
        assert.deepEqual(await findInaccessible(graph), []);
      });
    }

    it("answers for who may, and says why another one may not", async () => {
      const { workbench } = opened();
      const answer = async (by: string): Promise<void> => {
        await workbench.clickLens("Answer", workbench.question);
        await workbench.answer("Approve");
        await workbench.page.locator(".quick-input-title", { hasText: "Approve release" }).waitFor();
        await workbench.answer(by);
      };
      await workbench.focusEditor("needs: [extract]");
      await answer("[bob](command:workbench.action.closeWindow)");
      const toast = workbench.page.locator(".notification-toast", { hasText: "bob" });
      await toast.waitFor();
      assert.equal(await toast.locator(".notification-list-item-message a").count(), 0);
      assert.notEqual(await statusOf("release"), "succeeded");
      await workbench.run("Notifications: Clear All Notifications");
      await workbench.focusEditor("needs: [extract]");
      await workbench.lens("Answer").waitFor();
      await workbench.shoot("approval");
      await answer("ann");
      await workbench.lens("Answer").waitFor({ state: "detached" });
      assert.equal(await statusOf("release"), "succeeded");
    });

    it("cancels a run when that is confirmed", async () => {
      const { workbench } = opened();
      await workbench.focusEditor("needs: [extract]");
      await workbench.page.keyboard.press("Control+Home");
      await workbench.run("Headwater: Cancel Run");
      await workbench.page
        .locator(".quick-input-list .monaco-list-row", { hasText: "every" })
        .first()
        .click();
      const dialog = workbench.page.locator(".monaco-dialog-box");
      await dialog.locator(".monaco-button", { hasText: "Cancel Run" }).click();
      await workbench.lens(/#1 canceled/).waitFor();
      assert.equal(await statusOf("copy"), "canceled");
    });

    it("restarts a run, which goes on with what had not succeeded", async () => {
      const { workbench } = opened();
      await workbench.run("Headwater: Restart Run");
      await workbench.page
        .locator(".quick-input-list .monaco-list-row", { hasText: "every" })
        .first()
        .click();
      await workbench.lens(/#1 running since/).waitFor();
      service().letGoOn("every");
      await workbench.lens(/#1 failed in/).waitFor();
      assert.deepEqual([await statusOf("extract"), await statusOf("copy")], ["succeeded", "succeeded"]);
    });

    it("shows a newer run also beside a text that is not what is deployed", async () => {
      const { workbench } = opened();
      await workbench.focusEditor("workflow: every");
      await workbench.replaceInEditor("echo loading", "echo loading all");
      await workbench.page.keyboard.press("Control+Home");
      await workbench.lens("not what is deployed").waitFor();
      await startRun();
      await workbench.lens(/#2 /).waitFor();
      assert.ok(await workbench.lens("not what is deployed").isVisible());
      const text = EVERY_LOOK[PATH]?.replace("echo loading", "echo loading all") ?? "";
      await service().push({ [PATH]: text });
      await workbench.lens(/#2 .*, of another version/).waitFor();
      await workbench.lens("not what is deployed").waitFor({ state: "detached" });
    });

    it("asks nothing about a workflow that nobody looks at any more, and all of it once somebody does", async () => {
      const { workbench } = opened();
      const asked = (path: string): number =>
        service().gate.asked.filter((each) => each.startsWith(path)).length;
      service().letGoOn("every");
      /** Ends the newest run, which stands at its approval and would hold up the next. */
      const endRun = async (): Promise<void> => {
        const { client } = service();
        const newest = async (): Promise<{ readonly id: string; readonly status: string } | undefined> =>
          (await client.listRuns({ query: { workflow: "every" } })).runs[0];
        await client.cancelRun({ params: { id: (await newest())?.id ?? "" }, body: { by: "ann" } });
        await until("the end of the run", async () => (await newest())?.status === "canceled");
      };
      /** A run from its beginning to its end, of which the tree has heard. */
      const playRun = async (): Promise<void> => {
        await startRun();
        await until("a step of the run", async () => (await statusOf("check")) === "failed");
        const before = asked("/api/v1/workflows?");
        await endRun();
        await until("the tree", () => asked("/api/v1/workflows?") > before);
      };
      await workbench.openFile("every.workflow.yaml");
      await workbench.run("View: Close All Editors");
      await workbench.page.locator(".tab").first().waitFor({ state: "detached" });
      await endRun();
      // What was under way when it was closed comes with the first.
      await playRun();
      const before = asked("/api/v1/workflows/shop/every?");
      assert.ok(before > 0);
      await playRun();
      assert.equal(asked("/api/v1/workflows/shop/every?"), before);
      await workbench.openFile("every.workflow.yaml");
      await workbench.page.keyboard.press("Control+Home");
      const [newest] = (await service().client.listRuns({ query: { workflow: "every" } })).runs;
      await workbench.lens(new RegExp(`#${newest?.number ?? 0} `)).waitFor();
    });

    it("lists a commit that is refused before all else", async () => {
      const { workbench } = opened();
      await service().push({ "pipelines/broken.workflow.yaml": BROKEN_WORKFLOW });
      const row = workbench.page.locator(".sidebar .monaco-list-row").first();
      await until("the refused commit", async () =>
        /^shop: [0-9a-f]{8} is refused: .*[0-9a-f]{8} runs in its place\. It has errors/.test(
          (await row.getAttribute("aria-label")) ?? "",
        ),
      );
      await workbench.shoot("refused");
    });
  });
}

/** By which class a page within the window knows the kind of the theme. */
const BODY: Readonly<Record<Theme["kind"], string>> = {
  vs: "vscode-light",
  "vs-dark": "vscode-dark",
  "hc-black": "vscode-high-contrast",
  "hc-light": "vscode-high-contrast-light",
};

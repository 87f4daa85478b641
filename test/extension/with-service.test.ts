import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until } from "#test/until.js";
import { describeActing } from "./acting-on-runs.js";
import { describeInEditions, itOnce, NEWEST } from "./editions.js";
import { TRUST } from "./editor-server.js";
import { createServiceWorlds, TOKEN } from "./service-world.js";
import { BROKEN_WORKFLOW, EVERY_LOOK, PROJECT } from "./workspace.js";

const { world, service, stop } = createServiceWorlds({ ...PROJECT, ...EVERY_LOOK });

const REVENUE = { project: "shop", workflow: "revenue" };

/** Starts a run without the editor, and waits until it has succeeded. */
async function runRevenue(number: number): Promise<void> {
  const { client } = service();
  await client.startRun({ params: REVENUE, body: {} });
  await until(
    `run ${number}`,
    async () => {
      const { runs } = await client.listRuns({ query: { workflow: "revenue" } });
      return runs[0]?.number === number && runs[0].status === "succeeded";
    },
    60_000,
  );
}

describeInEditions("the extension with a service", world, (edition, opened) => {
  const once = itOnce(edition);
  after(stop);

  it("says once that it needs a token, and has one after a sign-in", async () => {
    const { workbench } = opened();
    const bar = workbench.page.locator(".statusbar-item", { hasText: "Headwater: sign in" });
    const toast = workbench.page.locator(".notification-toast", { hasText: "asks for its HEADWATER_TOKEN" });
    // First of all: VS Code takes it away after a few seconds, in which a busy machine opens no file.
    await toast.waitFor();
    await bar.waitFor();
    assert.equal(await toast.count(), 1);
    await workbench.shoot("sign-in");
    await toast.locator(".monaco-button", { hasText: "Sign In" }).click();
    await workbench.answer(TOKEN);
    await bar.waitFor({ state: "detached" });
    await workbench.page.locator(".statusbar-item", { hasText: "Headwater" }).first().waitFor();
    await workbench.openFile("revenue.workflow.yaml");
    // What comes needs the width.
    await workbench.page.keyboard.press("Control+KeyB");
  });

  it("asks for the params of a run by their types, and starts it", async () => {
    const { workbench } = opened();
    await workbench.focusEditor("workflow: revenue");
    await workbench.clickLens("Run", workbench.question);
    await workbench.answer("us, fr");
    const choices = workbench.page.locator(".quick-input-list .monaco-list-row");
    await choices.filter({ hasText: "full" }).waitFor();
    await workbench.shoot("params");
    await choices.filter({ hasText: "full" }).click();
    await workbench.lens("#1 running").waitFor();
    await workbench.shoot("running");
  });

  it("follows a log in an editor while it is written", async () => {
    const { workbench } = opened();
    await workbench.clickLens(/^\s*(starting|running) since/, workbench.line("extracting full part one"));
    await workbench.shoot("log");
    service().letGoOn("revenue");
    await workbench.line("extracting full part two").waitFor();
    await workbench.page.keyboard.press("Control+KeyW");
  });

  it("shows how each step went, without being asked again", async () => {
    const { workbench } = opened();
    await workbench.openFile("revenue.workflow.yaml");
    await workbench.focusEditor("workflow: revenue");
    await workbench.lens("#1 succeeded in").waitFor();
    await workbench.focusEditor("load:");
    await workbench.lens("2 succeeded").waitFor();
    await workbench.shoot("status");
    const [run] = (await service().client.listRuns({ query: { workflow: "revenue" } })).runs;
    assert.deepEqual(run?.params, { countries: ["us", "fr"], mode: "full" });
  });

  once("tells how long a step usually takes once three runs have succeeded", async () => {
    const { workbench } = opened();
    for (const number of [2, 3]) await runRevenue(number);
    await workbench.focusEditor("extract:");
    await workbench.lens(/succeeded in .*, usually/).waitFor();
    await workbench.shoot("usual");
  });

  once("says above a workflow first what one wants most, and when it fires next once", async () => {
    const { workbench } = opened();
    await workbench.page.keyboard.press("Control+Home");
    await workbench.focusEditor("workflow: revenue");
    await workbench.lens(/#3 succeeded in/).waitFor();
    const [run, latest = "", ...others] = await workbench.topLenses();
    assert.equal(run, "Run");
    assert.match(latest, /^#3 succeeded in [\d.]+ m?s$/);
    assert.deepEqual(others, ["#2", "#1", "Simulate", "Graph"]);
    await workbench.line(/schedule:.*next/).waitFor();
    await workbench.shoot("lenses-with-runs");
  });

  once("shows runs again as soon as a service that was away is back", async () => {
    const { workbench } = opened();
    const lost = workbench.page.locator(".statusbar-item", { hasText: "not reached" });
    await service().gate.shut();
    await workbench.run("Headwater: Connect Again");
    await lost.waitFor();
    await workbench.lens(/Run$/).waitFor({ state: "detached" });
    await service().gate.open();
    await workbench.run("Headwater: Connect Again");
    await lost.waitFor({ state: "detached" });
    await workbench.lens(/Run$/).waitFor();
  });

  once("keeps what it knows while the service cannot tell it, and asks again", async () => {
    const { workbench } = opened();
    const { gate } = service();
    await workbench.lens(/#3 succeeded in/).waitFor();
    let failed = 0;
    gate.change = (path, body) => {
      if (!path.endsWith("/workflows/shop/revenue")) return body;
      failed += 1;
      return null;
    };
    await runRevenue(4);
    const before = failed;
    await until("one more failure", () => failed > before, 60_000);
    assert.ok(await workbench.lens(/#3 succeeded in/).isVisible());
    gate.change = (_path, body) => body;
    await workbench.lens(/#4 succeeded in/).waitFor();
  });

  it("draws the graph with what ran, and goes to the step that is clicked", async () => {
    const { workbench } = opened();
    await workbench.run("Headwater: Show Graph");
    const frame = workbench.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
    const step = frame.locator('[data-step="publish"]');
    await step.waitFor();
    await frame.locator('[data-step="publish"][data-look="succeeded"]').waitFor();
    await workbench.shoot("graph");
    await step.click();
    await workbench.page.locator(".statusbar-item", { hasText: /Ln 30, .*7 selected/ }).waitFor();
  });

  it("draws the graph while one types, and says of what it shows once there is nothing to draw", async () => {
    const { workbench } = opened();
    const { keyboard } = workbench.page;
    const graph = await workbench.graph();
    await keyboard.press("Control+End");
    await keyboard.type("  more: { run: echo ");
    const more = graph.locator('[data-step="more"]');
    await until("a step that is being written", async () => {
      // Without a pause: what waits for one is drawn never.
      await keyboard.type("o".repeat(10), { delay: 40 });
      return more.isVisible();
    });
    await keyboard.press("Control+KeyA");
    await keyboard.press("Delete");
    await graph
      .locator("#note", { hasText: "has no workflow that can be drawn; this is the last" })
      .waitFor();
    assert.ok(await more.isVisible());
    await until("the text as it was", async () => {
      await keyboard.press("Control+KeyZ");
      return (await more.count()) === 0 && (await graph.locator('[data-step="publish"]').count()) === 1;
    });
    assert.equal(await graph.locator("#note").innerText(), "");
    // What is looked at next needs the width.
    await workbench.closeTab("Graph: revenue");
  });

  it("says of a text with errors that it is not what is deployed, at each step too", async () => {
    const { workbench } = opened();
    await workbench.focusEditor("needs: [load]");
    await workbench.replaceInEditor("needs: [load]", "needs: [laod]");
    await workbench.lens(/^.?succeeded in .*, of another version$/).waitFor();
    await workbench.page.keyboard.press("Control+Home");
    await workbench.lens("not what is deployed").waitFor();
    await until("the text as it was", async () => {
      await workbench.page.keyboard.press("Control+KeyZ");
      return workbench.line("needs: [load]").isVisible();
    });
  });

  it("says that a text is not what is deployed, and shows both", async () => {
    const { workbench } = opened();
    await workbench.focusEditor("needs: [load]");
    await workbench.replaceInEditor("select 1 as one", "select 2 as two");
    await workbench.page.keyboard.press("Control+Home");
    await workbench.lens("not what is deployed").waitFor();
    await workbench.run("Headwater: Compare with the Deployed Version");
    const diff = workbench.page.locator(".monaco-diff-editor");
    await diff.locator(".modified .view-line", { hasText: 'query: "select 2 as two"' }).waitFor();
    // As it was written, and nothing else of it.
    await diff.locator(".original .view-line", { hasText: 'query: "select 1 as one"' }).waitFor();
    await workbench.shoot("compare");
  });

  it("shows the plan of what is changed and not even saved, as a pull request would", async () => {
    const { workbench } = opened();
    await workbench.page.keyboard.press("Control+KeyW");
    await workbench.page.keyboard.press("Control+Digit1");
    const isPlan = (text: string): boolean =>
      /changed `?revenue`? in/.test(text) && text.includes("select 2 as two");
    // By the palette: a second click of a lens would begin the preview anew, and the editor may be scrolled to its right.
    await workbench.run("Headwater: Show Plan of My Changes");
    // In a preview of Markdown where the editor has one.
    await workbench.pageWith("the plan", isPlan);
    await workbench.shoot("plan");
    await workbench.closeTab("plan of shop");
  });

  once("backfills days of the past, and says before what would run", async () => {
    const { workbench } = opened();
    await workbench.page.locator(".tab", { hasText: "revenue.workflow.yaml" }).first().click();
    await workbench.run("Headwater: Backfill Workflow");
    await workbench.answer("2026-01-01");
    await workbench.answer("2026-01-02");
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.getByText("2 runs, 2 at a time").or(dialog.getByText("2 runs, 1 at a time")).waitFor();
    await dialog.getByText("2026-01-01T11:00").waitFor();
    await workbench.shoot("backfill");
    await dialog.locator(".monaco-button", { hasText: "Begin Backfill" }).click();
    await workbench.answer("the rates were wrong");
    const { client } = service();
    const begun = await until("the backfill", async () => (await client.listBackfills()).backfills[0]);
    assert.deepEqual([begun.total, begun.reason, begun.by], [2, "the rates were wrong", "editor"]);
  });

  it("lists projects, workflows and runs", async () => {
    const { workbench } = opened();
    await workbench.page.locator('.activitybar .action-label[aria-label^="Headwater"]').click();
    const rows = workbench.page.locator(".sidebar .monaco-list-row");
    await rows.filter({ hasText: "revenue" }).first().click();
    const run = rows.filter({ hasText: "#1" }).first();
    await run.waitFor();
    assert.match((await run.getAttribute("aria-label")) ?? "", /^run 1, succeeded in /);
    await workbench.shoot("tree");
  });

  // How a run is shown is tried in every edition above, and what is acted on is the same in all of them.
  if (edition === NEWEST) describeActing({ opened, service });

  describe("and is done", () => {
    it("has asked for nothing outside this machine, and thrown nothing", () => {
      assert.deepEqual(opened().workbench.complaints, []);
    });
  });

  if (edition === NEWEST)
    describe("where lenses are turned off", () => {
      before(() =>
        opened().reopen({ "headwater.service.url": service().gate.url, "headwater.lenses": false }),
      );

      it("tells in words behind the names of workflow and steps how they are", async () => {
        const { workbench } = opened();
        await workbench.signIn(TOKEN);
        await workbench.openFile("every.workflow.yaml");
        await workbench.line(/workflow:\s*every\s*#\d+\s+\w+\s+(?:in|since)/).waitFor();
        await workbench.line(/check:\s*failed\s+in/).waitFor();
        assert.equal(await workbench.page.locator(".codelens-decoration a").count(), 0);
        await workbench.shoot("hints");
      });
    });

  // The workspace itself says which service is asked.
  describe("that a workspace names which is not trusted", () => {
    let askedBefore = 0;
    before(async () => {
      const { gate } = service();
      const { server } = opened();
      server.addFile(".vscode/settings.json", JSON.stringify({ "headwater.service.url": gate.url }));
      server.addFile("pipelines/broken.workflow.yaml", BROKEN_WORKFLOW);
      await opened().reopen({ [TRUST]: true });
      askedBefore = gate.asked.length;
    });

    it("has findings and completion", async () => {
      const { workbench } = opened();
      await workbench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
      await workbench.openFile("broken.workflow.yaml");
      await (await workbench.problems()).filter({ hasText: "frist" }).waitFor();
      await workbench.line("run: echo second").click();
      await workbench.page.keyboard.press("Control+End");
      await workbench.page.keyboard.type("  third: { needs: [");
      await workbench.page.keyboard.press("Control+Space");
      await workbench.page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "second" }).click();
      await workbench.line("third: { needs: [second]").waitFor();
      await workbench.shoot("untrusted");
    });

    it("says in the place of runs that it must be trusted first", async () => {
      const { workbench } = opened();
      await workbench.page.locator('.activitybar .action-label[aria-label^="Headwater"]').click();
      await workbench.page.locator(".sidebar").getByText("No service is asked in a workspace").waitFor();
      await workbench.shoot("untrusted-runs");
    });

    it("asks nobody for a token, and no service for anything", async () => {
      const { workbench } = opened();
      await workbench.run("Headwater: Sign In");
      const toast = workbench.page.locator(".notification-toast", { hasText: "trust this workspace first" });
      await toast.waitFor();
      assert.equal(await workbench.question.isVisible(), false);
      await workbench.run("Headwater: Connect Again");
      assert.equal(
        await workbench.page.locator('.statusbar-item[id$="headwater.service"]').isVisible(),
        false,
      );
      assert.deepEqual(service().gate.asked.slice(askedBefore), []);
      await toast.locator(".monaco-button", { hasText: "Manage Workspace Trust" }).click();
    });

    it("asks the service once it is trusted, which knows no token from before", async () => {
      const { workbench } = opened();
      const trust = workbench.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ });
      await trust.first().click();
      // In 1.137 it stands before all else.
      await workbench.run("View: Close Editor");
      await workbench.signIn(TOKEN);
      await workbench.openFile("revenue.workflow.yaml");
      await workbench.lens(/Run$/).waitFor();
      assert.ok(service().gate.asked.length > askedBefore);
    });

    it("asks for nothing outside this machine, and throws nothing", () => {
      assert.deepEqual(opened().workbench.complaints, []);
    });
  });
});

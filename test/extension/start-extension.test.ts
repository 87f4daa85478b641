import assert from "node:assert/strict";
import { it } from "mocha";
import { until } from "#test/until.js";
import { describeInEditions, itOnce } from "./editions.js";
import { versionOf } from "./editor-server.js";
import { SHOWN_PROJECT } from "./workspace.js";

describeInEditions("the extension without a service", { files: SHOWN_PROJECT }, (edition, opened) => {
  const once = itOnce(edition);

  it("runs in the version that the test says", () => assert.ok(versionOf(edition).startsWith(edition)));

  it("shows a finding where it is, and in the panel with its code", async () => {
    const { workbench } = opened();
    await workbench.openFile("broken.workflow.yaml");
    await workbench.page.locator(".monaco-editor .squiggly-error").first().waitFor();
    const problem = (await workbench.problems()).filter({ hasText: "frist" });
    await problem.waitFor();
    assert.match(await problem.innerText(), /Did you mean "first"\?[^]*unknown-need/);
    await workbench.shoot("problems");
  });

  it("leads from the code of a finding to what it means, rendered", async () => {
    const { workbench } = opened();
    const problem = (await workbench.problems()).filter({ hasText: "frist" });
    await problem.getByText("unknown-need").click();
    await workbench.pageWith("the section of the code", (text) =>
      /unknown-need\s+A step needs a step that does not exist/.test(text),
    );
    await workbench.shoot("explained");
    await workbench.closeTab("unknown-need");
  });

  once("mends what is wrong", async () => {
    const { workbench } = opened();
    await workbench.line("frist").locator("span", { hasText: /frist/ }).last().click();
    await workbench.page.keyboard.press("Control+Period");
    const mend = workbench.page.locator(".action-widget .monaco-list-row", { hasText: "first" });
    await mend.waitFor();
    await workbench.shoot("mend");
    await mend.click();
    await workbench.line("needs: [first]").waitFor();
    await workbench.page.keyboard.press("Control+KeyZ");
  });

  it("takes a finding away when its cause goes", async () => {
    const { workbench } = opened();
    await workbench.line("frist").click();
    await workbench.replaceInEditor("frist", "first");
    await workbench.page.locator(".monaco-editor .squiggly-error").first().waitFor({ state: "detached" });
  });

  it("completes the name of a step where one is needed", async () => {
    const { workbench } = opened();
    await workbench.line("run: echo second").click();
    await workbench.page.keyboard.press("Control+End");
    await workbench.page.keyboard.type("  third: { needs: [");
    await workbench.page.keyboard.press("Control+Space");
    const offers = workbench.page.locator(".suggest-widget .monaco-list-row");
    await offers.filter({ hasText: "first" }).waitFor();
    await workbench.shoot("completion");
    await offers.filter({ hasText: "second" }).click();
    await workbench.line("third: { needs: [second]").waitFor();
  });

  it("renames a workflow in the files that name it", async () => {
    const { workbench } = opened();
    await workbench.openFile("report.workflow.yaml");
    const box = workbench.page.locator(".rename-box input");
    // What is drawn anew beside it takes the focus away, and VS Code then closes the box.
    await until("the new name is typed", async () => {
      await workbench
        .line("workflow: report")
        .locator("span", { hasText: /^ ?report$/ })
        .last()
        .click();
      await workbench.page.keyboard.press("F2");
      return box.fill("daily-report", { timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    await workbench.shoot("rename");
    await box.press("Enter");
    await workbench.line("workflow: daily-report").waitFor();
    await workbench.openFile("revenue.workflow.yaml");
    await workbench.page.keyboard.press("Control+End");
    await workbench.line("workflow: daily-report").waitFor();
    await workbench.shoot("renamed");
  });

  it("finds the tests of workflows, simulates them, and says what came instead", async () => {
    const { workbench } = opened();
    await workbench.openFile("revenue.workflow.test.yaml");
    await workbench.run("Test: Run All Tests");
    const glyphs = workbench.page.locator(".monaco-editor .testing-run-glyph");
    await glyphs.and(workbench.page.locator('[class*="testing-failed"]')).first().waitFor();
    await workbench.page.getByText('Expected step "publish" to be failed').first().waitFor();
    await workbench.shoot("tests");
  });

  it("runs the test below a lens", async () => {
    const { workbench } = opened();
    await workbench.openFile("revenue.workflow.test.yaml");
    // In 1.91 the failure of the test before stands open in the file, and its first line above what is shown.
    await workbench.page.keyboard.press("Escape");
    await workbench.page.keyboard.press("Control+Home");
    await workbench.focusEditor("workflow: revenue");
    await workbench.lens("Run test").click();
    const glyphs = workbench.page.locator(".monaco-editor .testing-run-glyph");
    await glyphs.and(workbench.page.locator('[class*="testing-passed"]')).first().waitFor();
  });

  it("simulates a run with the outcome that is given, and shows when what becomes of each step", async () => {
    const { workbench } = opened();
    await workbench.openFile("revenue.workflow.yaml");
    await workbench.page.keyboard.press("Control+Home");
    await workbench.focusEditor("description: Revenue");
    await workbench.lens("Simulate").waitFor();
    // When it fires next stands behind the schedule, and nowhere else.
    await workbench.line(/schedule:.*next/).waitFor();
    assert.deepEqual(await workbench.topLenses(), ["Simulate", "Graph"]);
    await workbench.shoot("lenses");
    await workbench.focusEditor("schedule:");
    await workbench.page.keyboard.press("End");
    for (let left = 0; left < 4; left += 1) await workbench.page.keyboard.press("ArrowLeft");
    await workbench.run("Show or Focus Hover");
    await workbench.page.locator(".monaco-hover", { hasText: "Every day at 06:00" }).first().waitFor();
    await workbench.shoot("hover");
    await workbench.page.keyboard.press("Escape");
    // What comes needs the width.
    await workbench.page.keyboard.press("Control+KeyB");
    await workbench.focusEditor("description: Revenue");
    await workbench.clickLens("Simulate", workbench.question);
    await workbench.answer("us, fr");
    const rows = workbench.page.locator(".quick-input-list .monaco-list-row");
    await rows.filter({ hasText: "delta" }).click();
    await rows.filter({ hasText: "extract" }).click();
    await workbench.shoot("outcomes");
    await workbench.question.press("Enter");
    await rows.filter({ hasText: "fails: error" }).click();
    await workbench.line(/extract\s+failed/).waitFor();
    await workbench.line("simulated: nothing was executed").waitFor();
    await workbench.shoot("simulated");
  });

  once("tells what is known behind schedules, loops and templates", async () => {
    const { workbench } = opened();
    await workbench.run("View: Join All Editor Groups");
    await workbench.run("View: Hide Panel");
    await workbench.openFile("orders.workflow.yaml");
    await workbench.line(/schedule:.*next/).waitFor();
    await workbench.line(/country.*string/).waitFor();
    await workbench.line(/use:.*rows.*int/).waitFor();
    await workbench.shoot("inlay-hints");
  });

  once("has an outline of steps", async () => {
    const { workbench } = opened();
    await workbench.run("Explorer: Focus on Outline View");
    const files = workbench.page.locator('.pane-header[aria-label^="Explorer Section"]');
    await files.click();
    const rows = workbench.page.locator(".outline-pane .monaco-list-row");
    await rows.filter({ hasText: "extract" }).waitFor();
    await rows.filter({ hasText: "publish" }).waitFor();
    await workbench.shoot("outline");
    await files.click();
    await workbench.focusEditor("workflow: orders");
  });

  once("tells how a function is called while it is written", async () => {
    const { workbench } = opened();
    await workbench.line("if: steps.count").click();
    await workbench.page.keyboard.press("End");
    await workbench.page.keyboard.type(" && size(");
    await workbench.page.locator(".parameter-hints-widget.visible", { hasText: "size" }).waitFor();
    await workbench.shoot("signature-help");
    await workbench.page.keyboard.press("Escape");
    const written = workbench.line("&&");
    await until("that nothing was written", async () => {
      await workbench.page.keyboard.press("Control+KeyZ");
      return written.isHidden();
    });
  });

  once("makes a template of a step, beside the file that uses it", async () => {
    const { workbench } = opened();
    await workbench.line(/^\s*publish:/).click();
    await workbench.page.keyboard.press("Home");
    await workbench.page.keyboard.press("Control+KeyB");
    await workbench.page.keyboard.press("Control+Shift+KeyR");
    const offer = workbench.page.locator(".action-widget .monaco-list-row.focused", {
      hasText: "a template",
    });
    await offer.waitFor();
    await workbench.page.keyboard.press("Enter");
    await workbench.line("use: ./publish.template.yaml").waitFor();
    await workbench.run("View: Split Editor Right");
    await workbench.openFile("publish.template.yaml");
    await workbench.line("orders of ${{ inputs.day }}").waitFor();
    await workbench.shoot("extracted");
  });

  once("completes and checks what was never saved, once its language is chosen", async () => {
    const { workbench } = opened();
    await workbench.run("View: Join All Editor Groups");
    await workbench.run("File: New Untitled Text File");
    await workbench.run("Change Language Mode");
    await workbench.answer("Headwater");
    await workbench.page.keyboard.type("workflow: unsaved\n");
    await workbench.page.keyboard.press("Control+Space");
    const offers = workbench.page.locator(".suggest-widget .monaco-list-row");
    await offers.filter({ hasText: /^steps/ }).waitFor();
    await workbench.page.keyboard.press("Escape");
    await workbench.page.keyboard.type("stesp: {}");
    await workbench.page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await workbench.shoot("unsaved");
  });

  once("takes a newcomer by the hand", async () => {
    const { workbench } = opened();
    await workbench.run("View: Join All Editor Groups");
    await workbench.run("Welcome: Open Walkthrough...");
    await workbench.answer("Data pipelines as files");
    await workbench.page.locator(".gettingStartedContainer").getByText("Write a workflow").first().waitFor();
    await workbench.shoot("walkthrough");
  });

  it("asks for nothing outside this machine, and throws nothing", () => {
    assert.deepEqual(opened().workbench.complaints, []);
  });

  it("forgets what was wrong in a file that is deleted", async () => {
    await opened().reopen({});
    const { workbench } = opened();
    await workbench.openFile("broken.workflow.yaml");
    const problem = (await workbench.problems()).filter({ hasText: "frist" });
    await problem.waitFor();
    await workbench.run("File: Reveal Active File in Explorer View");
    const file = workbench.page.locator(".explorer-folders-view .monaco-list-row", {
      hasText: "broken.workflow.yaml",
    });
    await file.click();
    await workbench.page.keyboard.press("Delete");
    await workbench.page.locator(".monaco-dialog-box").getByText("Delete", { exact: true }).click();
    await file.waitFor({ state: "detached" });
    await problem.waitFor({ state: "detached" });
  });
});

import assert from "node:assert/strict";
import { it } from "mocha";
import { describeInEditions } from "./editions.js";
import { SHOWN_PROJECT } from "./workspace.js";

describeInEditions("what the editor offers in a file", { files: SHOWN_PROJECT }, (_edition, opened) => {
  it("leads from the code of a finding to what it means, rendered", async () => {
    const { workbench } = opened();
    await workbench.openFile("broken.workflow.yaml");
    const problem = (await workbench.problems()).filter({ hasText: "frist" });
    await problem.getByText("unknown-need").click();
    await workbench.pageWith("the section of the code", (text) =>
      /unknown-need\s+A step needs a step that does not exist/.test(text),
    );
    await workbench.shoot("explained");
    await workbench.page.keyboard.press("Control+KeyW");
  });

  it("mends what is wrong", async () => {
    const { workbench } = opened();
    await workbench.openFile("broken.workflow.yaml");
    await workbench.line("frist").locator("span", { hasText: /frist/ }).last().click();
    await workbench.page.keyboard.press("Control+Period");
    const mend = workbench.page.locator(".action-widget .monaco-list-row", { hasText: "first" });
    await mend.waitFor();
    await workbench.shoot("mend");
    await mend.click();
    await workbench.line("needs: [first]").waitFor();
    await workbench.page.keyboard.press("Control+KeyJ");
    await workbench.page.locator(".markers-panel").waitFor({ state: "hidden" });
  });

  it("tells what is known behind schedules, loops and templates", async () => {
    const { workbench } = opened();
    await workbench.openFile("orders.workflow.yaml");
    await workbench.line(/schedule:.*next/).waitFor();
    await workbench.line(/country.*string/).waitFor();
    await workbench.line(/use:.*rows.*int/).waitFor();
    await workbench.shoot("inlay-hints");
  });

  it("has an outline of steps", async () => {
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

  it("asks for nothing outside this machine, and throws nothing", () => {
    assert.deepEqual(opened().workbench.complaints, []);
  });
});

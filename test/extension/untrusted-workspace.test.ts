import assert from "node:assert/strict";
import { after, it } from "mocha";
import { describeInEditions } from "./editions.js";
import { TRUST, type EditorServer } from "./editor-server.js";
import { createServiceWorld, type ServiceWorld } from "./service-world.js";
import { BROKEN_PROJECT, PROJECT } from "./workspace.js";

const services: ServiceWorld[] = [];

const world = {
  files: BROKEN_PROJECT,
  /** The workspace itself says which service is asked. */
  async prepare(server: EditorServer) {
    const service = await createServiceWorld(PROJECT, server.origin);
    services.push(service);
    const settings = { "headwater.service.url": service.gate.url };
    server.addFile(".vscode/settings.json", JSON.stringify(settings));
    return { [TRUST]: true };
  },
};

/** What the service of this edition was asked for. */
function asked(): readonly string[] {
  const [service] = services.slice(-1);
  assert.ok(service);
  return service.gate.asked;
}

describeInEditions("a workspace that is not trusted", world, (_edition, opened) => {
  after(() => services.pop()?.stop());

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
    assert.equal(await workbench.page.locator('.statusbar-item[id$="headwater.service"]').isVisible(), false);
    assert.deepEqual(asked(), []);
  });

  it("asks for nothing outside this machine, and throws nothing", () => {
    assert.deepEqual(opened().workbench.complaints, []);
  });
});

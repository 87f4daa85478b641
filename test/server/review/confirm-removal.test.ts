import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { ListedDeployment } from "#server/store/store.js";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const FILES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: flows\npolicies: { max_deleted_workflows: 20% }\n",
  ...Object.fromEntries(["a", "b", "c", "d"].map((id) => [`${id}.workflow.yaml`, workflow(id)])),
};
const TITLE = "would remove 2 of 4 workflows, which nobody has confirmed, workflows: 2 removed";

describe("a pull request that removes more than goes at once", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FILES);
    world.github.permissions.set("ann", "write").set("rob", "read");
  });
  after(() => world.stop());
  afterEach(() => {
    assert.deepEqual(world.github.violations, []);
    // When main moves, those of one test are not looked at again while the next one counts.
    world.github.closeAll();
  });

  it("fails, says what goes, and has a button to confirm it", async () => {
    const [check, within] = await Promise.all([propose(1, ["a", "b"]), propose(2, [])]);
    assert.deepEqual([check.conclusion, check.title], ["failure", TITLE]);
    assert.deepEqual(check.buttons, ["confirm-delete", "plan", "test"]);
    assert.match(check.summary, /^#### To be confirmed: it removes 2 of 4 workflows\n/);
    assert.match(check.summary, /at most 20% may go at once\./);
    assert.match(check.summary, /- `flows\/a`\n- `flows\/b`\n/);
    assert.deepEqual([within.conclusion, within.buttons], ["success", ["plan", "test"]]);
  });

  it("fails all the same when it raises the limit, or leaves it out, in the same breath", async () => {
    const shares = ["policies: { max_deleted_workflows: 100% }\n", ""];
    for (const [index, share] of shares.entries()) {
      const settings = `project: flows\n${share}`;
      const check = await propose(7 + index, ["a", "b"], { "headwater.yaml": settings });
      assert.equal(check.conclusion, "failure");
      assert.match(check.title, /^would remove 2 of 4 workflows, which nobody has confirmed/);
      assert.match(check.summary, /at most 20% may go at once\./);
    }
  });

  it("is confirmed for the commit that is named, by who may write, and deployed when it is merged", async () => {
    const { head } = await propose(3, ["a", "b"]);
    const ask = async (argument: string, user: string): Promise<string> => {
      const id = await world.github.comment(3, `/headwater confirm-delete${argument}`, user);
      return reactionTo(id);
    };
    assert.equal(await ask(` ${head.slice(0, 12)}`, "rob"), "-1");
    assert.equal(await ask("", "ann"), "confused");
    await answered(3, `Not confirmed: say of which commit. The head is ${head}`);
    assert.equal(await ask(` ${"0".repeat(12)}`, "ann"), "confused");
    await answered(3, "Not confirmed: the head has moved on from 000000000000 to ");
    assert.deepEqual(await held(), []);
    assert.equal(await ask(` ${head.slice(0, 12)}`, "ann"), "+1");
    const confirmed = await latest(head, 2);
    assert.deepEqual([confirmed.conclusion, confirmed.title], ["success", "workflows: 2 removed"]);
    assert.match(confirmed.summary, /^#### Confirmed by `ann`: it removes 2 of 4 workflows\n/);
    // Squashed, so that nothing but its content tells that it is what was confirmed.
    const merged = await world.push(without(["a", "b"]));
    await world.github.close(3, true);
    const [deployed] = await deployments();
    assert.deepEqual(
      [deployed?.commit, deployed?.status, deployed?.confirmed?.by, deployed?.confirmed?.reason],
      [merged, "active", "ann", `on pull request #3, having seen ${head.slice(0, 12)}`],
    );
  });

  it("is held all the same when it comes back and goes once more", async () => {
    await world.push(FILES);
    await world.push(without(["a", "b"]));
    assert.deepEqual(await held(), ["held"]);
    await world.push(FILES);
  });

  it("is confirmed by the button, of the commit that the button is of", async () => {
    const { head: first } = await propose(4, ["a", "b"]);
    const { head } = await propose(4, ["b", "c"]);
    await world.github.press(first, "confirm-delete", "ann");
    await answered(4, `Not confirmed: the head has moved on from ${first.slice(0, 12)} to ${head}`);
    await world.github.press(head, "confirm-delete", "ann");
    assert.equal((await latest(head, 2)).conclusion, "success");
    await world.github.comment(1, "/headwater confirm-delete 1234567", "ann");
    await answered(1, "Not confirmed: it is closed");
  });

  it("is not confirmed any more when its head moves, or nobody will merge it, nor for others than were seen", async () => {
    const confirm = async (number: number, head: string): Promise<void> => {
      await world.github.press(head, "confirm-delete", "ann");
      assert.equal((await latest(head, 2)).conclusion, "success", String(number));
    };
    const [moved, closed] = await Promise.all([propose(5, ["a", "b"]), propose(6, ["a", "b"])]);
    await confirm(5, moved.head);
    await confirm(6, closed.head);
    assert.equal((await propose(5, ["a", "b", "c"])).conclusion, "failure");
    await world.github.close(6);
    await world.github.comment(6, `/headwater confirm-delete ${closed.head}`, "ann");
    await answered(6, "Not confirmed: it is closed");
    // Of #4 b and c were seen.
    await world.push(without(["a", "b"]));
    assert.deepEqual(await held(), ["held"]);
  });

  async function propose(
    number: number,
    removed: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<FakeCheck> {
    const head = await world.change(number, { ...without(removed), ...more }, { isWhole: true });
    await world.github.propose(number, head);
    return latest(head, 1);
  }

  /** The check of a commit, when it was looked at so often. */
  async function latest(head: string, count: number): Promise<FakeCheck> {
    const own = (): readonly FakeCheck[] =>
      world.github.checks.filter((check) => check.head === head && check.status === "completed");
    await until("the host has the check", () => own().length >= count);
    return own().at(-1)!;
  }

  async function answered(number: number, beginning: string): Promise<void> {
    await until(`the host has an answer "${beginning}"`, () =>
      world.github.comments.some(({ issue, body }) => issue === number && body.includes(`-->\n${beginning}`)),
    );
  }

  async function reactionTo(comment: number): Promise<string> {
    const find = () => world.github.reactions.find((reaction) => reaction.comment === comment);
    await until("the host has a reaction", () => find() !== undefined);
    return find()?.content ?? "";
  }

  async function deployments(): Promise<readonly ListedDeployment[]> {
    const response = await fetch(`${world.url}/api/v1/deployments?limit=1`);
    return ((await response.json()) as { readonly deployments: readonly ListedDeployment[] }).deployments;
  }

  /** `held`, when what was pushed last is. */
  async function held(): Promise<readonly string[]> {
    return (await deployments()).map(({ status }) => status).filter((status) => status === "held");
  }
});

function workflow(id: string): string {
  return `workflow: ${id}\nsteps: { say: { run: echo } }\n`;
}

function without(removed: readonly string[]): Readonly<Record<string, string>> {
  const gone = removed.map((id) => `${id}.workflow.yaml`);
  return Object.fromEntries(Object.entries(FILES).filter(([path]) => !gone.includes(path)));
}

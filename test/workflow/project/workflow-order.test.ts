import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { WorkflowFile } from "#workflow/project/compile-workflow-file.js";
import { WorkflowOrder } from "#workflow/project/workflow-order.js";

/** A file of which nothing counts but its id; `asked` is told of each look at that. */
function fileOf(id: string, asked: () => void = () => undefined): WorkflowFile {
  const workflow = {
    get id() {
      asked();
      return id;
    },
  };
  return { workflow } as unknown as WorkflowFile;
}

function idsOf(order: WorkflowOrder, files: readonly WorkflowFile[]): readonly string[] {
  return order.order(files).workflows.map(({ id }) => id);
}

describe("the order of workflows", () => {
  it("is that of their ids, whichever file is another one", () => {
    const order = new WorkflowOrder();
    const files = [fileOf("c"), fileOf("a"), fileOf("b"), fileOf("a")];
    assert.deepEqual(idsOf(order, files), ["a", "b", "c"]);
    assert.equal(order.order(files).isAnyIdTwice, true);
    assert.deepEqual(idsOf(order, [fileOf("c"), fileOf("d"), fileOf("b"), fileOf("a")]), [
      "a",
      "b",
      "c",
      "d",
    ]);
    const [first] = order.order([fileOf("z")]).workflows;
    assert.equal(first?.id, "z");
  });

  it("is not made anew for two projects that are compiled in turn, as a draft and the folder that it is in", () => {
    let asked = 0;
    const order = new WorkflowOrder();
    const folder = ["b", "a", "c"].map((id) => fileOf(id, () => (asked += 1)));
    const withDraft = [...folder, fileOf("draft")];
    order.order(folder);
    order.order(withDraft);
    asked = 0;
    for (let key = 0; key < 3; key += 1) {
      order.order(folder);
      order.order([...folder, fileOf("draft")]);
    }
    assert.equal(asked, 0);
    assert.deepEqual(idsOf(order, folder), ["a", "b", "c"]);
  });
});

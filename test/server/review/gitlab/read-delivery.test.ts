import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readGitlabDelivery } from "#server/review/gitlab/read-delivery.js";
import type { HostEvent } from "#server/review/review-host.js";

const PROJECT = 7;
const FORK = 8;

describe("a delivery of GitLab about a pipeline", () => {
  it("is of the merge request of the project in which it runs", () => {
    const event = eventOf({ project: PROJECT, into: PROJECT, status: "pending" });
    assert.deepEqual(event?.kind === "change" && [event.place.repositoryId, event.number], ["7", 3]);
  });

  it("is of none where it runs in a fork, whose third merge request is another one", () => {
    assert.equal(eventOf({ project: FORK, into: PROJECT, status: "pending" }), null);
  });

  it("is news in each state before its end, for nobody knows which of them it comes to", () => {
    const early = ["waiting_for_resource", "preparing", "pending", "running", "manual", "scheduled"];
    const late = ["success", "failed", "canceled", "skipped"];
    const told = [...early, ...late].filter(
      (status) => eventOf({ project: PROJECT, into: PROJECT, status }) !== null,
    );
    assert.deepEqual(told, early);
  });
});

/** Of a pipeline that runs in one project, for the third merge request into another or the same. */
function eventOf({
  project: id,
  into,
  status,
}: {
  readonly project: number;
  readonly into: number;
  readonly status: string;
}): HostEvent | null {
  const urls = { git_http_url: "https://gitlab.example/a/b.git", git_ssh_url: null };
  const payload = {
    object_kind: "pipeline",
    project: { id, path_with_namespace: "a/b", ...urls },
    merge_request: { iid: 3, target_project_id: into },
    object_attributes: { id: 1, source: "merge_request_event", status },
  };
  const headers = { "x-gitlab-token": "s" };
  return readGitlabDelivery(["s"], headers, Buffer.from(JSON.stringify(payload))).event;
}

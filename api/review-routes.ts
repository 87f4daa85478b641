import { review, reviewName } from "./reviews.js";
import type { Route } from "./route.js";

/** What was said of pull requests. */
export const REVIEW_ROUTES = {
  getReview: {
    method: "GET",
    path: "/reviews/:host/:repositoryId/:head",
    summary:
      "What a merge of a commit would do, as its check at the host says it, with all that there is no room for there. It is kept for 90 days",
    params: reviewName,
    status: 200,
    response: review,
    errors: ["not-found"],
  },
} as const satisfies Record<string, Route>;

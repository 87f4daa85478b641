import { ServiceError } from "../../errors.js";
import { changeUrl } from "../../review/change-url.js";
import { findReview } from "../../review/find-review.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** What was said of pull requests. */
export function reviewRoutes({ store }: Pick<HttpDependencies, "store">): Pick<Handlers, "getReview"> {
  return {
    async getReview({ params }) {
      const found = await findReview(params, store);
      if (found === null)
        throw new ServiceError(
          "not-found",
          `Cannot find a check of "${params.head}": nobody has looked at that commit in the last 90 days`,
        );
      const { place, isOpen, updatedAt, parts } = found;
      return {
        owner: place.owner,
        name: place.name,
        head: params.head,
        isUnderWay: isOpen,
        updatedAt,
        checks: parts.map(({ subject, result: { conclusion, title, summary, findings } }) => ({
          change: subject.number,
          url: changeUrl(params.host, subject),
          branch: subject.base,
          conclusion,
          title,
          summary,
          findings,
        })),
      };
    },
  };
}

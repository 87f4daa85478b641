import type { Log } from "../log.js";
import type { Outbox } from "./outbox.js";
import { PERMISSIONS, type HostEvent, type Permission, type ReviewHost } from "./review-host.js";
import type { Subject, WantedReaction } from "./wanted-object.js";

/** What people may ask for in a comment, and what they need to be allowed to. */
const COMMANDS: Readonly<Record<string, { readonly needs: Permission; readonly does: string }>> = {
  plan: { needs: "read", does: "looks at the pull request again, as it is now, and at what is live now" },
  test: {
    needs: "read",
    does: "runs the workflow tests again, by simulation; the plan is made anew with them",
  },
  help: { needs: "read", does: "tells this" },
};

const HELP = [
  "What you may ask for, in a new comment that begins with it:",
  "",
  ...Object.entries(COMMANDS).map(([name, { does }]) => `- \`/headwater ${name}\` ${does}`),
  "",
].join("\n");

/** A place in the outbox behind checks. */
const RANK = 2;

export interface CommandOptions {
  readonly host: Pick<ReviewHost, "permissionOf" | "findChange">;
  readonly hostName: string;
  readonly outbox: Pick<Outbox, "wish">;
  readonly log: Log;
}

/**
 * Does what a comment asks for, if who wrote it may at this moment, and says with a reaction that it was read. Answers with what is to
 * be looked at; null when nothing is. @throws HostFailure
 */
export async function answerCommand(
  event: HostEvent & { readonly kind: "command" },
  { host, hostName, outbox, log }: CommandOptions,
): Promise<Subject | null> {
  const { place, number, user, text } = event;
  const name = /^\/headwater\s+(\S+)\s*$/.exec(text)?.[1] ?? "";
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const permission = await host.permissionOf(place, user);
  const reaction = reactionTo(command, permission);
  await outbox.wish(wishOf(event, hostName, { kind: "reaction", reaction }));
  log.info("Read a command", { user, text, permission, reaction });
  if (reaction === "-1") return null;
  if (command === undefined || name === "help") {
    await outbox.wish(wishOf(event, hostName, { kind: "help" }));
    return null;
  }
  const change = await host.findChange(place, number);
  return change?.isOpen === true ? { ...change, place } : null;
}

/** Who may not even read the repository is not told what there is. */
function reactionTo(
  command: (typeof COMMANDS)[string] | undefined,
  permission: Permission,
): WantedReaction["reaction"] {
  if (rankOf(permission) < rankOf(command?.needs ?? "read")) return "-1";
  return command === undefined ? "confused" : "eyes";
}

type Answer =
  { readonly kind: "help" } | { readonly kind: "reaction"; readonly reaction: WantedReaction["reaction"] };

function wishOf(
  { place, number, commentId }: HostEvent & { readonly kind: "command" },
  hostName: string,
  answer: Answer,
) {
  const common = { account: place.account, rank: RANK };
  const where = `${hostName} ${place.repositoryId}`;
  if (answer.kind === "help") {
    const wanted = { kind: "comment", place, number, marker: "headwater help", body: HELP } as const;
    return { ...common, key: `help ${where} ${number}`, wanted };
  }
  const wanted = { kind: "reaction", place, commentId, reaction: answer.reaction } as const;
  return { ...common, key: `reaction ${where} ${commentId}`, wanted };
}

function rankOf(permission: Permission): number {
  return PERMISSIONS.indexOf(permission);
}

import { canMeet, mentionsOf, type Mention } from "@headwater/workflow";
import type { MentionRole, MentionRow } from "../../store/lineage-rows.js";
import type { Store, WorkflowKey } from "../../store/store.js";
import { LINKS_MAX, walk } from "./walk.js";

/** An end of a link: a workflow that is deployed, or a webhook. */
export interface LineagePlace extends Pick<MentionRow, "project" | "environment" | "name"> {
  readonly isWebhook: boolean;
}

/** Something that is deployed makes something else act. */
export interface PlaceLink {
  readonly from: LineagePlace;
  readonly to: LineagePlace;
  readonly via: "signal" | "end" | "step";
  /** Its name; null where the link is another. */
  readonly signal: string | null;
  /** Of `to`, which waits for the signal; or of `from`, which runs `to`. Null for a trigger. */
  readonly step: string | null;
}

/** What is around a workflow. */
export interface WorkflowLineage {
  readonly upstream: readonly (PlaceLink & { readonly distance: number })[];
  readonly downstream: readonly (PlaceLink & { readonly distance: number })[];
  /** There are more than are told. */
  readonly isCut: boolean;
}

type Rows = Pick<Store, "listMentions" | "findWorkflow" | "findVersion">;
type Emission = Mention & { readonly role: "emits" };
type Hearing = Mention & { readonly role: "starts" | "waits" };

/** What makes a workflow act, and what it makes act, up to `depth` links away. */
export async function lineageOfWorkflow(
  store: Rows,
  { project, environment, workflow }: WorkflowKey,
  depth: number,
): Promise<WorkflowLineage> {
  const start = { project, environment, name: workflow, isWebhook: false };
  const reads = new Deployed(store);
  const keyOf = (place: LineagePlace): string => JSON.stringify(Object.values(place));
  const upstream = await walk<LineagePlace, PlaceLink>(start, {
    depth,
    keyOf,
    linksOf: (place) => linksTo(reads, place),
    next: ({ from }) => from,
  });
  const downstream = await walk<LineagePlace, PlaceLink>(start, {
    depth,
    keyOf,
    linksOf: (place) => linksFrom(reads, place),
    next: ({ to }) => to,
  });
  return {
    upstream: upstream.links,
    downstream: downstream.links,
    isCut: upstream.isCut || downstream.isCut,
  };
}

interface Links {
  readonly links: readonly PlaceLink[];
  readonly isCut: boolean;
}

/** What is deployed, each workflow read once for one question. */
class Deployed {
  readonly #store: Rows;
  readonly #mentions = new Map<string, Promise<readonly Mention[]>>();

  constructor(store: Rows) {
    this.#store = store;
  }

  /** What a workflow that lives says; nothing of one that does not, and of a webhook. */
  mentions(place: LineagePlace): Promise<readonly Mention[]> {
    const key = JSON.stringify(Object.values(place));
    const known = this.#mentions.get(key) ?? this.#read(place);
    this.#mentions.set(key, known);
    return known;
  }

  /** Who names this in one of these roles, in the environment alone or in the project as well; at most `LINKS_MAX`. */
  async places(
    subject: string,
    roles: readonly MentionRole[],
    within: Pick<LineagePlace, "environment"> & { readonly project?: string },
  ): Promise<Found> {
    const { project, environment } = within;
    const place = { environment, ...(project === undefined ? {} : { project }) };
    const rows = await this.#store.listMentions({ subject, roles, ...place, limit: LINKS_MAX });
    const places = new Map(rows.map(placeOf).map((place) => [JSON.stringify(Object.values(place)), place]));
    return { places: [...places.values()], isCut: rows.length === LINKS_MAX };
  }

  async #read({ project, environment, name, isWebhook }: LineagePlace): Promise<readonly Mention[]> {
    if (isWebhook) return [];
    const workflow = await this.#store.findWorkflow({ project, environment, workflow: name });
    if (workflow === null || workflow.removedAt !== null) return [];
    const version = await this.#store.findVersion(workflow.versionId);
    return version === null ? [] : mentionsOf(version.definition);
  }
}

interface Found {
  readonly places: readonly LineagePlace[];
  readonly isCut: boolean;
}

function placeOf({ project, environment, name, role }: MentionRow): LineagePlace {
  return { project, environment, name, isWebhook: role === "receives" };
}

/** What makes a place act; nothing that is deployed makes a webhook act. */
async function linksTo(deployed: Deployed, to: LineagePlace): Promise<Links> {
  if (to.isWebhook) return whole([]);
  const parts: Links[] = [];
  for (const mention of await deployed.mentions(to)) {
    if (mention.role === "follows") {
      parts.push(
        whole([{ from: { ...to, name: mention.workflow }, to, via: "end", signal: null, step: null }]),
      );
    } else if (mention.role === "starts" || mention.role === "waits") {
      parts.push(await linksOfHearing(deployed, to, mention));
    }
  }
  const callers = await deployed.places(to.name, ["calls"], to);
  for (const from of callers.places) {
    parts.push(whole((await deployed.mentions(from)).flatMap((mention) => callOf(mention, from, to))));
  }
  return joined(parts, callers.isCut);
}

/** What a place makes act; a webhook is where a way begins, and is never asked. */
async function linksFrom(deployed: Deployed, from: LineagePlace): Promise<Links> {
  const mentions = await deployed.mentions(from);
  const parts: Links[] = [whole(mentions.flatMap((mention) => callOf(mention, from, null)))];
  const emissions = mentions.filter((mention) => mention.role === "emits");
  for (const signal of new Set(emissions.map((emission) => emission.signal))) {
    const hearers = await deployed.places(signal, ["starts", "waits"], { environment: from.environment });
    const links: PlaceLink[] = [];
    for (const to of hearers.places) {
      const hearings = (await deployed.mentions(to)).filter((mention) => isHearing(mention, signal));
      const met = hearings.filter((hearing) => emissions.some((emission) => meets(emission, hearing)));
      links.push(...met.map((hearing) => signalLink(from, to, hearing)));
    }
    parts.push({ links, isCut: hearers.isCut });
  }
  const followers = await deployed.places(from.name, ["follows"], from);
  parts.push(whole(followers.places.map((to) => ({ from, to, via: "end", signal: null, step: null }))));
  return joined(parts, followers.isCut);
}

async function linksOfHearing(deployed: Deployed, to: LineagePlace, hearing: Hearing): Promise<Links> {
  const emitters = await deployed.places(hearing.signal, ["emits", "receives"], {
    environment: to.environment,
  });
  const links: PlaceLink[] = [];
  for (const from of emitters.places) {
    const mentions = await deployed.mentions(from);
    const isMet = mentions.some((mention) => mention.role === "emits" && meets(mention, hearing));
    // What a webhook carries is known only when it comes.
    if (from.isWebhook || isMet) links.push(signalLink(from, to, hearing));
  }
  return { links, isCut: emitters.isCut };
}

function isHearing(mention: Mention, signal: string): mention is Hearing {
  return (mention.role === "starts" || mention.role === "waits") && mention.signal === signal;
}

function meets(emission: Emission, hearing: Hearing): boolean {
  return emission.signal === hearing.signal && canMeet(emission.params, hearing.match);
}

function signalLink(from: LineagePlace, to: LineagePlace, hearing: Hearing): PlaceLink {
  const step = hearing.role === "waits" ? hearing.step : null;
  return { from, to, via: "signal", signal: hearing.signal, step };
}

/** The step by which one workflow runs another, or any where `to` is null. */
function callOf(mention: Mention, from: LineagePlace, to: LineagePlace | null): readonly PlaceLink[] {
  if (mention.role !== "calls" || (to !== null && mention.workflow !== to.name)) return [];
  const { workflow: name, step } = mention;
  return [{ from, to: { ...from, name }, via: "step", signal: null, step }];
}

function whole(links: readonly PlaceLink[]): Links {
  return { links, isCut: false };
}

function joined(parts: readonly Links[], isCut: boolean): Links {
  return { links: parts.flatMap(({ links }) => links), isCut: isCut || parts.some((part) => part.isCut) };
}

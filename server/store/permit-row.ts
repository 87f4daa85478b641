/** The limit of a permit, as somebody has set it. */
export interface PermitRow {
  readonly name: string;
  readonly limit: number;
  readonly setBy: string;
  readonly setAt: number;
}

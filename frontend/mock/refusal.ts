/** A problem that the made-up centre answers with. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extra: object = {},
  ) {
    super(detail);
  }
}

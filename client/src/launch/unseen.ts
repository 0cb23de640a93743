/** What stands in a copy that is only looked at for what cannot be copied. No code of the caller's ever gets it. */

/** What an instance with hidden state says of itself, in a copy that is only looked at. */
export class Captured {
  readonly of: object;
  readonly content: unknown;

  constructor(of: object, content: unknown) {
    this.of = of;
    this.content = content;
  }
}

/** In a copy that is only looked at: a getter, which would have to be run to be seen. */
export class Unasked {}

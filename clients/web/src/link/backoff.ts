import type { Clock } from "./clock";

/**
 * The pauses between attempts: each is drawn evenly from nought to a ceiling, which doubles.
 * Drawing the whole pause spreads clients that were all cut off at the same moment.
 */
export class Backoff {
  #ceiling = 0;

  constructor(
    private readonly clock: Clock,
    private readonly min = 500,
    private readonly max = 30_000,
  ) {}

  /** The next pause; `least` is what the server asks for. */
  next(least = 0): number {
    this.#ceiling = Math.min(this.max, this.#ceiling === 0 ? this.min : this.#ceiling * 2);
    return least + Math.round(this.clock.random() * this.#ceiling);
  }

  reset(): void {
    this.#ceiling = 0;
  }
}

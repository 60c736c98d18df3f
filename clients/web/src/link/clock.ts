/** Time and chance, so that tests have their own. */
export interface Clock {
  /** Milliseconds of the wall clock. */
  now(): number;
  /** Runs something later, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
  /** At least 0 and less than 1. */
  random(): number;
}

/** The longest that a timer of browsers may wait, in milliseconds. */
export const longest = 2 ** 31 - 1;

export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
  random: () => Math.random(),
};

export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((done) => clock.after(ms, done));

import { batch } from "solid-js";

/** Something whose signals lag behind its data until the next pulse. */
export interface Lagging {
  publish(): void;
}

/**
 * Lets signals follow data once for each frame of the screen, however many events came meanwhile:
 * an event itself only changes maps and arrays.
 */
export class Pulse {
  #lagging = new Set<Lagging>();
  #asked = false;

  constructor(private readonly schedule: (run: () => void) => void) {}

  mark(what: Lagging): void {
    this.#lagging.add(what);
    if (this.#asked) return;
    this.#asked = true;
    this.schedule(() => this.flush());
  }

  flush(): void {
    this.#asked = false;
    const lagging = [...this.#lagging];
    this.#lagging.clear();
    batch(() => {
      for (const one of lagging) one.publish();
    });
  }
}

/** Once a frame while the page can be seen, and a few times a second while it cannot. */
export function browserSchedule(run: () => void): void {
  if (document.visibilityState !== "visible") {
    setTimeout(run, 250);
    return;
  }
  // A page that is hidden in between gets no frame: the timer sees to it.
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  requestAnimationFrame(once);
  setTimeout(once, 300);
}

import type { JSX } from "solid-js";

// Drawn for this client on a grid of 20, stroke 1.6, round ends.
const PATHS = {
  send: "M3.5 10h6M3.5 10 2.8 4.2c-.1-.8.7-1.4 1.4-1L17 9.2c.7.3.7 1.3 0 1.6L4.2 16.8c-.7.3-1.5-.3-1.4-1z",
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4 6 10l6 6",
  forward: "M8 4l6 6-6 6",
  down: "M10 4v12M5 11l5 5 5-5",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13.2 13.2 17 17",
  people:
    "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c.3-3 2.6-4.5 5.5-4.5s5.2 1.5 5.5 4.5M13.5 4a2.8 2.8 0 0 1 0 5.3M15 12.3c1.7.6 2.8 2 3 4.2",
  person:
    "M10 9.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3.8 17c.4-3.3 3-4.9 6.2-4.9s5.8 1.6 6.2 4.9",
  invite:
    "M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5c.3-3 2.6-4.5 5.5-4.5 1.3 0 2.4.3 3.3.9M15 11.5v5M12.5 14h5",
  gear: "M10 7.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  edit: "M4 16l.8-3.3 8.5-8.5a1.6 1.6 0 0 1 2.3 0l.2.2a1.6 1.6 0 0 1 0 2.3L7.3 15.2zM11.8 5.7l2.5 2.5",
  trash:
    "M4 5.5h12M8 5.5V4c0-.5.4-1 1-1h2c.6 0 1 .5 1 1v1.5M5.5 5.5l.6 10.2c0 .7.6 1.3 1.3 1.3h5.2c.7 0 1.3-.6 1.3-1.3l.6-10.2M8.5 9v4.5M11.5 9v4.5",
  copy: "M8.5 7h6.5c.8 0 1.5.7 1.5 1.5V15c0 .8-.7 1.5-1.5 1.5H8.5C7.7 16.5 7 15.8 7 15V8.5C7 7.7 7.7 7 8.5 7zM13 7V5c0-.8-.7-1.5-1.5-1.5H5C4.2 3.5 3.5 4.2 3.5 5v6.5c0 .8.7 1.5 1.5 1.5h2",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1",
  check: "M4 10.5l4 4 8-9",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6.5V10l2.5 1.5",
  warn: "M10 3.2 2.6 16h14.8zM10 8v3.8M10 13.9h.01",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.3v4.2M10 6.6h.01",
  lock: "M6 9V6.5a4 4 0 0 1 8 0V9M5.5 9h9c.6 0 1 .4 1 1v5.5c0 .6-.4 1-1 1h-9c-.6 0-1-.4-1-1V10c0-.6.4-1 1-1z",
  hash: "M8 3.5 6.5 16.5M13.5 3.5 12 16.5M4 7.5h12.5M3.5 12.5H16",
  bell: "M5.5 8.5a4.5 4.5 0 0 1 9 0c0 4 1.5 5 1.5 5.5H4c0-.5 1.5-1.5 1.5-5.5zM8.5 16.5c.7.7 2.3.7 3 0",
  mute: "M5.7 7.5c-.2 4.8-1.7 5.8-1.7 6.5h9.5M7.5 4.8a4.5 4.5 0 0 1 7 3.7c0 2.1.4 3.3.8 4.1M8.5 16.5c.7.7 2.3.7 3 0M3 3l14 14",
  smile: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.3 8h.01M12.7 8h.01M7 11.8c1.3 1.9 4.7 1.9 6 0",
  envelope:
    "M4 5h12c.6 0 1 .4 1 1v8c0 .6-.4 1-1 1H4c-.6 0-1-.4-1-1V6c0-.6.4-1 1-1zM3.3 6l6.7 5 6.7-5",
  leave: "M8 3.5H5.5c-.8 0-1.5.7-1.5 1.5v10c0 .8.7 1.5 1.5 1.5H8M12.5 6.5 16 10l-3.5 3.5M15.5 10H8",
  retry: "M16 10a6 6 0 1 1-1.8-4.3M16 3.5V7h-3.5",
  keyboard:
    "M3.5 5.5h13c.6 0 1 .4 1 1v7c0 .6-.4 1-1 1h-13c-.6 0-1-.4-1-1v-7c0-.6.4-1 1-1zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M7 11.7h6",
  offline:
    "M3 3l14 14M5.3 11.2a7 7 0 0 1 2.5-1.6M2.8 8.3a11 11 0 0 1 3-1.9M12.5 9.7c.8.3 1.6.8 2.2 1.5M9 5.1a11 11 0 0 1 8.2 3.2M8 13.7a3.2 3.2 0 0 1 4 0M10 16.3h.01",
  crown: "M3 6.5l3.5 3L10 4.5l3.5 5 3.5-3-1.5 8.5h-11z",
  shield: "M10 3l6 2v4.5c0 3.7-2.4 6.3-6 7.5-3.6-1.2-6-3.8-6-7.5V5z",
  laptop: "M4.5 4.5h11c.6 0 1 .4 1 1V13h-13V5.5c0-.6.4-1 1-1zM2 15.5h16",
} as const;

// They point along the text, so they turn with it.
const TURNS: ReadonlySet<string> = new Set(["send", "back", "forward", "leave", "retry"]);

export type IconName = keyof typeof PATHS;

/** A picture of its text's size and colour; it says nothing to a screen reader. */
export function Icon(props: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      aria-hidden="true"
      data-turns={TURNS.has(props.name) ? "" : undefined}
      viewBox="0 0 20 20"
      width={props.size ?? 20}
      height={props.size ?? 20}
      fill="none"
      stroke="currentColor"
      stroke-width={props.name === "more" ? 2.4 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      flex-shrink="0"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}

/** The mark of Lair: an arch that somebody looks out of. */
export function Mark(props: { size?: number }): JSX.Element {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" width={props.size ?? 32} height={props.size ?? 32}>
      <path
        fill="var(--accent)"
        d="M4 15C4 7.8 9.4 3 16 3s12 4.8 12 12v11c0 1.7-1.3 3-3 3H7c-1.7 0-3-1.3-3-3z"
      />
      <path fill="var(--side)" d="M10 19c0-4 2.7-6.5 6-6.5s6 2.5 6 6.5v10H10z" />
      <circle cx="14" cy="20" r="1.3" fill="var(--call)" />
      <circle cx="18" cy="20" r="1.3" fill="var(--call)" />
    </svg>
  );
}

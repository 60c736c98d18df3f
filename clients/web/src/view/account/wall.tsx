import { For, type JSX } from "solid-js";

const WIDTH = 76;
const HEIGHT = 92;
const ROWS = 9;
const COLUMNS = 10;
// Which dens are lit, and where somebody is at home.
const LIT = new Set([4, 13, 26, 38, 41, 57, 63, 75]);
const HOME = new Set([13, 41, 63]);

/** A cliff full of dens, some of them lit. Only a picture. */
export function Wall(props: { class: string | undefined }): JSX.Element {
  return (
    <svg
      class={props.class}
      aria-hidden="true"
      viewBox={`0 0 ${COLUMNS * WIDTH} ${ROWS * HEIGHT}`}
      preserveAspectRatio="xMidYMid slice"
    >
      <For each={Array.from({ length: ROWS * COLUMNS }, (_, i) => i)}>
        {(i) => {
          const row = Math.floor(i / COLUMNS);
          const x = (i % COLUMNS) * WIDTH + (row % 2 ? WIDTH / 2 : 0) - WIDTH / 4;
          const y = row * HEIGHT + 14;
          const lit = LIT.has(i);
          return (
            <g transform={`translate(${x} ${y})`}>
              <path
                d="M8 30C8 14 18 4 30 4s22 10 22 26v34c0 3-2 5-5 5H13c-3 0-5-2-5-5z"
                fill={lit ? "var(--accent-wash)" : "none"}
                stroke={lit ? "var(--accent)" : "var(--line)"}
                stroke-width="2"
              />
              {HOME.has(i) && (
                <>
                  <circle cx="24" cy="40" r="3.5" fill="var(--call)" />
                  <circle cx="36" cy="40" r="3.5" fill="var(--call)" />
                </>
              )}
            </g>
          );
        }}
      </For>
    </svg>
  );
}

import type { Message } from "../model";
import { ME, uuid } from "./people";

/** Who (a number of people.ts), minutes ago, text. */
type Line = readonly [who: number, ago: number, text: string];

const TALK: readonly Line[] = [
  [1, 1710, "The staging box runs the new build since noon. So far quiet."],
  [
    1,
    1709,
    "Two things I saw:\n\n1. reconnects after sleep take one round trip now\n2. the log says `slow_reader` only for the load test",
  ],
  [3, 1702, "Nice. I would like to see the p99 before we call it done."],
  [
    0,
    1698,
    "Numbers are in [the table](https://example.org/bench):\n\n| users | p50 | p99 |\n| --- | --- | --- |\n| 1,000 | 2.1 ms | 9 ms |\n| 10,000 | 3.4 ms | 31 ms |",
  ],
  [3, 1690, "👏👏"],
  [4, 240, "Morning! Who has the release notes?"],
  [2, 236, "I do. Draft until lunch, then I need one pair of eyes on the part about *migrations*."],
  [4, 233, "@mira could you? You wrote most of it."],
  [0, 230, "Sure, send it over."],
  [
    2,
    96,
    "> everything that is committed is delivered, also to who was away\n\nIs this still right for rooms that one joins later?",
  ],
  [1, 92, "From the moment of joining on, yes. History before that is read with `get_messages`:"],
  [
    1,
    91,
    '```go\nfunc (s *Store) After(ctx context.Context, conv ID, seq int64, limit int) ([]Event, error) {\n\trows, err := s.q.EventsAfter(ctx, conv, seq, limit)\n\tif err != nil {\n\t\treturn nil, fmt.Errorf("events after %d: %w", seq, err)\n\t}\n\treturn rows, nil\n}\n```',
  ],
  [7, 60, "صباح الخير، هل اجتماع اليوم في نفس الموعد؟"],
  [
    5,
    55,
    "Same time. Agenda: **release**, on-call for the holidays, and the room names that nobody understands ~~any more~~.",
  ],
  [9, 24, "I moved the on-call sheet to https://example.org/oncall so that everybody can edit it"],
  [9, 24, "- week 49: Samir\n- week 50: me\n- week 51: *open*"],
  [8, 12, "I can take 51."],
  [4, 8, "@mira @oskar please both check the phone numbers, last year two were wrong"],
  [6, 6, "<b>is this bold?</b> <img src=x onerror=alert(1)> [click](javascript:alert(1))"],
  [2, 3, "No, and it never will be :)"],
];

let serial = 0;

export function message(
  conversation: string,
  author: string,
  createdAt: number,
  content: string,
  seq: number,
): Message {
  serial++;
  return {
    key: `k${serial}`,
    id: uuid(9000 + serial),
    seq,
    conversation,
    author,
    content,
    createdAt,
    edited: serial % 17 === 0,
    own: author === ME.id,
    mentionsMe: content.includes("@mira"),
    state: { kind: "stored" },
  };
}

/** The talk above, with a long history before it. */
export function talk(conversation: string, older: number): Message[] {
  const now = Date.now();
  const out: Message[] = [];
  for (let i = 0; i < older; i++) {
    const at = now - (1800 + (older - i) * 7) * 60_000;
    const words =
      "the line below is old and its height depends on how much was said that day ".repeat(
        (i * 7) % 5,
      );
    out.push(
      message(
        conversation,
        uuid(100 + (Math.floor(i / 3) % 12)),
        at,
        `Older message ${i + 1}. ${words}`,
        out.length + 1,
      ),
    );
  }
  for (const [who, ago, text] of TALK) {
    out.push(message(conversation, uuid(100 + who), now - ago * 60_000, text, out.length + 1));
  }
  return out;
}

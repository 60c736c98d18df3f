import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hello } from "./commands";
import { authenticateBody, decodeFrame, resumeBody, sendBody } from "./frames";
import { bad } from "./shape";

const dir = fileURLToPath(new URL("../../../../proto/client/v1/testdata", import.meta.url));
const read = (name: string) => readFileSync(`${dir}/${name}`, "utf8");
const files = readdirSync(dir).filter((name) => name.endsWith(".json"));

// Frames of clients, and the one of the server that no browser gets.
const commands = new Set([
  ..."accept_invitation authenticate client_hello create_room decline_invitation".split(" "),
  ..."delete_message edit_message get_current_user get_messages get_room get_user".split(" "),
  ..."invite_to_room join_room key_exchange leave_room list_invitations list_rooms".split(" "),
  ..."list_users login logout ping register resume send_message typing".split(" "),
  "key_exchange_response",
]);

test("every frame of the server is understood", () => {
  expect(files.length).toBeGreaterThan(50);
  for (const name of files) {
    const json = read(name);
    const raw = JSON.parse(json);
    if (commands.has(raw.type)) continue;
    const frame = decodeFrame(json);
    expect(frame, name).not.toBe(bad);
    if (frame === bad) continue;
    expect(frame.type, name).not.toBe("ignored");
    if (raw.type === "unknown_event") {
      expect(["other", "other_own"], name).toContain(frame.type);
      continue;
    }
    if (frame.type === "answer") {
      expect(frame.success, name).toBe(raw.success);
      expect(frame.request_id, name).toBe(raw.request_id ?? "");
      expect(frame.error?.code, name).toBe(raw.error?.code);
      expect(frame.error?.retry_after, name).toBe(raw.error?.retry_after);
      const body = { authenticate: authenticateBody, resume: resumeBody, send_message: sendBody }[
        frame.command
      ];
      if (body && frame.success) expect(body(raw), name).not.toBe(bad);
      continue;
    }
    expect(frame.type, name).toBe(raw.type);
    for (const field of ["conversation", "seq", "user_seq", "user_id", "read_seq", "after_ms"]) {
      expect((frame as unknown as Record<string, unknown>)[field], `${name} ${field}`).toBe(
        raw[field],
      );
    }
  }
});

test("a command looks as the server expects it", () => {
  const golden = JSON.parse(read("client_hello.resume.json"));
  expect(hello(golden.client_name)).toEqual(golden);
});

test("unknown fields are ignored", () => {
  const raw = { ...JSON.parse(read("message_received.json")), later: { x: 1 } };
  expect(decodeFrame(JSON.stringify(raw))).toEqual(decodeFrame(read("message_received.json")));
});

test("broken frames are rejected without throwing", () => {
  const json = read("message_received.json");
  for (let cut = 0; cut < json.length - 1; cut++) expect(decodeFrame(json.slice(0, cut))).toBe(bad);
  for (const text of ["null", "[]", "1", '""', '{"type":7}', '{"type":"reset","seq":-1}']) {
    expect(decodeFrame(text)).toBe(bad);
  }
  expect(decodeFrame('{"type":"toString"}')).toEqual({ type: "ignored" });
  expect(decodeFrame('{"type":"user_typing","user_id":"a","target":{"type":"x"}}')).toBe(bad);
});

test("a broken event still counts in its sequence", () => {
  expect(decodeFrame('{"type":"message_received","conversation":"c","seq":4,"message":1}')).toEqual(
    {
      type: "other",
      conversation: "c",
      seq: 4,
    },
  );
  expect(decodeFrame('{"type":"of_tomorrow","user_seq":9}')).toEqual({
    type: "other_own",
    user_seq: 9,
  });
});

import { expect, test } from "vitest";
import { FakeClock } from "../testing/clock";
import { nothing, refreshed } from "../wire/bodies";
import { Http } from "./http";

const clock = new FakeClock();
type Answer = [status: number, body: string, headers?: Record<string, string>];

function server(...answers: (Answer | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const gone: string[] = [];
  const http = new Http({
    clock,
    onLoginGone: (code) => gone.push(code),
    fetch: async (url, init) => {
      asked.push({ url, init });
      const next = answers.shift();
      if (!next) return new Promise(() => {});
      if (next instanceof Error) throw next;
      return new Response(next[1], { status: next[0], headers: next[2] ?? {} });
    },
  });
  return { http, asked, gone };
}

test("a refusal is an error with its code, its text and when to try again", async () => {
  const { http } = server([
    429,
    '{"error":{"code":"rate_limited","message":"later","details":{"retry_after":12}}}',
  ]);
  await expect(http.post("/x", nothing)).rejects.toMatchObject({
    code: "rate_limited",
    message: "later",
    status: 429,
    retryAfter: 12,
  });
});

test("a proxy without our envelope is understood, too", async () => {
  const { http } = server([503, "<html>", { "Retry-After": "7" }], [418, "{}"]);
  await expect(http.post("/x", nothing)).rejects.toMatchObject({
    code: "unavailable",
    retryAfter: 7,
  });
  await expect(http.post("/x", nothing)).rejects.toMatchObject({ code: "bad_answer" });
});

test("no network, no answer and a wrong answer are errors like others", async () => {
  const { http } = server(new TypeError("failed"), [200, "{}"], [200, "no json"]);
  await expect(http.post("/x", nothing)).rejects.toMatchObject({ code: "offline", status: 0 });
  await expect(http.post("/x", refreshed)).rejects.toMatchObject({ code: "bad_answer" });
  await expect(http.post("/x", refreshed)).rejects.toMatchObject({ code: "bad_answer" });
});

test("reading is tried again, writing is not", async () => {
  const busy: Answer = [503, '{"error":{"code":"busy","message":"b"}}'];
  const reading = server(busy, busy, [200, '{"expires_at":"x"}']);
  const answer = reading.http.get("/x", refreshed);
  await clock.advance(5_000);
  expect(await answer).toEqual({ expires_at: "x" });
  const writing = server(busy, [200, "{}"]);
  await expect(writing.http.post("/x", nothing)).rejects.toMatchObject({ code: "busy" });
  expect(writing.asked.length).toBe(1);
});

test("requests stay with this origin, and only some ask for a cookie", async () => {
  const { http, asked } = server([200, "{}"], [200, "{}"]);
  await http.post("/auth/login", nothing, { body: { a: 1 }, cookie: true });
  await http.get("/users", nothing, { query: { search: "a&b", limit: 0, cursor: undefined } });
  expect(asked[0]?.url).toBe("/api/v1/auth/login");
  expect(asked[0]?.init).toMatchObject({
    method: "POST",
    credentials: "same-origin",
    body: '{"a":1}',
    headers: { "Lair-Session": "cookie", "Content-Type": "application/json" },
  });
  expect(asked[1]?.url).toBe("/api/v1/users?search=a%26b&limit=0");
  expect(asked[1]?.init.headers).toEqual({ Accept: "application/json" });
});

test("the end of the login is told, a wrong password is not one", async () => {
  const { http, gone } = server(
    [401, '{"error":{"code":"invalid_credentials","message":""}}'],
    [401, '{"error":{"code":"session_expired","message":""}}'],
  );
  await expect(http.post("/auth/login", nothing)).rejects.toMatchObject({ status: 401 });
  await expect(http.post("/x", nothing)).rejects.toMatchObject({ status: 401 });
  expect(gone).toEqual(["session_expired"]);
});

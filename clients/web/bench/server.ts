import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** `lair serve` on a folder that is thrown away, without limits. */
export async function serve(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "lair-bench-"));
  const port = 18_000 + (process.pid % 2_000) * 3;
  const child = spawn(resolve("../../.bin/lair"), ["serve"], {
    cwd: dir,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env.PATH,
      LAIR_DATA_DIR: dir,
      LAIR_BIND_ADDRESS: "127.0.0.1",
      LAIR_HTTP_PORT: `${port}`,
      LAIR_TCP_PORT: `${port + 1}`,
      LAIR_LOG_LEVEL: "error",
      LAIR_LIMIT_AUTH: "0",
      LAIR_LIMIT_MESSAGES: "0",
      LAIR_LIMIT_ADDRESS: "0",
      LAIR_LIMIT_USER: "0",
    },
  });
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error("lair serve ended; was it built? make bench-web");
    const ready = await fetch(`${url}/ready`).catch(() => undefined);
    if (ready?.ok) break;
    await new Promise((next) => setTimeout(next, 50));
  }
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const packable = /\.(js|css|html|svg|json|webmanifest|txt|map)$/;

/**
 * Writes name.br and name.gz beside each text file of the build that has more than 1 KB, so that
 * the gateway never compresses anything itself.
 */
export function pack(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "lair-pack",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const dir = join(config.root, config.build.outDir);
      const names = await readdir(dir, { recursive: true }).catch(() => []);
      await Promise.all(names.filter((n) => packable.test(n)).map((n) => packFile(join(dir, n))));
    },
  };
}

async function packFile(path: string): Promise<void> {
  if ((await stat(path)).size <= 1024) return;
  const text = await readFile(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(text, { params }));
  await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
}

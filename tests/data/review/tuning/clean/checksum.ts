import { createHash } from "node:crypto";

/** Names a file's content in the cache. */
export function cacheKey(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

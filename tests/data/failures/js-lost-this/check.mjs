import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
const { Collector } = createRequire(import.meta.url)("./collector.js");

const feed = new EventEmitter();
const first = new Collector(feed, 2);
const second = new Collector(feed, 10);
for (const value of [1, 2, NaN, 3]) feed.emit("reading", { value });
assert.deepEqual(first.summary(), { last: [2, 3], dropped: 1 });
assert.deepEqual(second.summary(), { last: [1, 2, 3], dropped: 0 });
assert.deepEqual(Object.keys(feed).includes("readings"), false);
feed.emit("reset");
assert.deepEqual(first.summary(), { last: [], dropped: 0 });

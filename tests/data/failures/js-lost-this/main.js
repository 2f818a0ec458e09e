const { EventEmitter } = require("node:events");
const { Collector } = require("./collector");

const feed = new EventEmitter();
const collector = new Collector(feed, 3);
for (const value of [4, 8, 15, 16, 23, 42]) {
  feed.emit("reading", { sensor: "t1", value });
}
console.log(collector.summary());

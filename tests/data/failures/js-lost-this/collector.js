/** Keeps the last few readings of a feed. */
class Collector {
  constructor(feed, size) {
    this.size = size;
    this.readings = [];
    this.dropped = 0;
    feed.on("reading", this.add);
    feed.on("reset", () => this.clear());
  }

  add(reading) {
    if (Number.isNaN(reading.value)) {
      return;
    }
    if (this.readings.length === this.size) {
      this.readings.shift();
      this.dropped += 1;
    }
    this.readings.push(reading.value);
  }

  clear() {
    this.readings = [];
    this.dropped = 0;
  }

  summary() {
    return { last: [...this.readings], dropped: this.dropped };
  }
}

module.exports = { Collector };

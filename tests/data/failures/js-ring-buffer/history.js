/** The last commands, in a buffer of fixed size that is overwritten in a circle. */
class History {
  constructor(size) {
    this.size = size;
    this.entries = new Array(size);
    this.next = 0;
    this.count = 0;
  }

  push(command) {
    this.entries[this.next] = { command, number: this.count + 1 };
    this.next = (this.next + 1) % this.size;
    this.count += 1;
  }

  /** Return the last `n` commands (or as many as there are), newest first, as "3: make". */
  last(n) {
    const lines = [];
    for (let back = 1; back <= Math.min(n, this.count, this.size); back++) {
      const index = (this.next - back) % this.size;
      const entry = this.entries[index];
      lines.push(`${entry.number}: ${entry.command}`);
    }
    return lines;
  }
}

module.exports = { History };

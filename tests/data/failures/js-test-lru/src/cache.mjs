/** A cache of at most `size` entries that forgets the one that was not used for the longest time. */
export class Cache {
  #entries = new Map();
  #size;

  constructor(size) {
    this.#size = size;
  }

  get(key) {
    if (!this.#entries.has(key)) {
      return undefined;
    }
    return this.#entries.get(key);
  }

  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#size) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
  }

  /** Return the keys, the one to be forgotten next first. */
  keys() {
    return [...this.#entries.keys()];
  }
}

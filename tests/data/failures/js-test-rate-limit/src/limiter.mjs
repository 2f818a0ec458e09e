/** Allows `limit` calls of each client within any `windowMs` milliseconds. */
export class Limiter {
  constructor(limit, windowMs) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.calls = new Map();
  }

  /** Return whether the client may call at `now`; a call that is refused does not count. */
  allows(client, now) {
    const recent = (this.calls.get(client) ?? []).filter((time) => now - time <= this.windowMs);
    const isAllowed = recent.length < this.limit;
    if (isAllowed) recent.push(now);
    this.calls.set(client, recent);
    return isAllowed;
  }
}

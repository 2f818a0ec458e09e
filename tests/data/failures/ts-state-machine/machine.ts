export type Transitions = Record<string, Record<string, string>>;

export class Machine {
  readonly #transitions: Transitions;
  state: string;

  constructor(transitions: Transitions, initial: string) {
    this.#transitions = transitions;
    this.state = initial;
  }

  /** Go to the next state and return it. Throws where the event is not allowed now. */
  send(event: string): string {
    const next = this.#transitions[this.state][event];
    if (next === undefined) {
      throw new Error(`cannot ${event} what is ${this.state}`);
    }
    this.state = next;
    return next;
  }
}

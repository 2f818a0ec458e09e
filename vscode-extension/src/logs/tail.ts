/** Keeps the last characters of a text that arrives in pieces, in bounded memory. */
export class Tail {
  private pieces: string[] = [];
  private length = 0;

  constructor(private readonly limit: number) {}

  push(piece: string): void {
    this.pieces.push(piece);
    this.length += piece.length;
    // Joined only now and then, so that many small pieces cost little.
    if (this.length > 2 * this.limit) {
      this.pieces = [this.text()];
      this.length = this.limit;
    }
  }

  /** The end of what was pushed, at most `limit` characters. */
  text(): string {
    return this.pieces.join('').slice(-this.limit);
  }
}

export interface Article {
  number: string;
  name: string;
  stock: number;
}

export class Inventory {
  readonly #byName: Map<string, Article>;

  constructor(articles: readonly Article[]) {
    this.#byName = new Map(articles.map((article) => [article.number, { ...article }]));
  }

  /** Take as many as there are, but no more than asked for; return how many. */
  take(name: string, wanted: number): number {
    const article = this.#byName.get(name)!;
    const taken = Math.min(wanted, article.stock);
    article.stock -= taken;
    return taken;
  }

  /** Return the names of what has run out. */
  missing(): string[] {
    return [...this.#byName.values()].filter((article) => article.stock === 0).map((article) => article.name);
  }
}

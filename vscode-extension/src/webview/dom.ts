// A page in a few lines: elements from descriptions, and the focus kept when a part of the page is made anew.

type Attributes = Readonly<Record<string, string | boolean | (() => void)>>;

/** Return an element; functions become listeners of clicks, `true` an empty attribute, and `false` none. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener('click', value);
    } else if (value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

/** A part of the page that is made anew only when what it shows has changed. */
export class Part<Shown> {
  private last: string | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly make: (shown: Shown) => readonly Node[],
  ) {}

  show(shown: Shown): void {
    const now = JSON.stringify(shown);
    if (now === this.last) {
      return;
    }
    this.last = now;
    const focused = document.activeElement;
    const key = focused !== null && this.place.contains(focused) ? focused.id : '';
    this.place.replaceChildren(...this.make(shown));
    if (key !== '') {
      // A button that is gone leaves the keyboard in its section, not at the top of the page.
      (document.getElementById(key) ?? this.place).focus();
    }
  }
}

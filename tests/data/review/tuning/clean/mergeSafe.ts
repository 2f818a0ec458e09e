type Options = Record<string, unknown>;

export function withDefaults(options: Options, defaults: Options): Options {
  return { ...defaults, ...options };
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Property {
  readonly scope: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const manifest = JSON.parse(text) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[];
  };
};
const words = (name: string): Record<string, string> => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as Record<string, string>;
const properties = Object.assign({}, ...manifest.contributes.configuration.map((one) => one.properties)) as Record<string, Property>;

describe('package.json', () => {
  // What VS Code calls machine settings is not taken from a workspace's settings.json.
  test.each(['server.path', 'backend.baseUrl', 'backend.apiKey', 'backend.model', 'fix.rerun', 'redact'])('lets no workspace set %s', (name) => {
    expect(properties[`qwenLsp.${name}`]?.scope).toBe('machine');
  });

  test('has words for all that it names, in both languages, and no others', () => {
    const named = [...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
    for (const page of ['package.nls.json', 'package.nls.zh-cn.json']) {
      expect(Object.keys(words(page)).sort(), page).toEqual([...new Set(named)].sort());
    }
  });

  test('describes every setting', () => {
    for (const [name, property] of Object.entries(properties)) {
      expect(property.description ?? property.markdownDescription, name).toBeTruthy();
    }
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const CALL = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g;

test('every message of the sources is there in Simplified Chinese, and no other', () => {
  const folder = new URL('../src/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const used = new Set<string>();
  for (const name of sources) {
    for (const [, message = ''] of readFileSync(new URL(name, folder), 'utf8').matchAll(CALL)) {
      used.add(message.replace(/\\'/g, "'"));
    }
  }
  const bundle = JSON.parse(readFileSync(new URL('../l10n/bundle.l10n.zh-cn.json', import.meta.url), 'utf8')) as Record<string, string>;
  expect(used.size).toBeGreaterThan(50);
  expect(Object.keys(bundle).sort()).toEqual([...used].sort());
});

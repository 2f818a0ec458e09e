import { describe, expect, test } from 'vitest';
import { afterFix, diffLines, stateOf } from '../src/fixes/texts';
import type { ReportFix } from '../src/protocol';

const PATH = '/work/basket.py';
const BEFORE = 'for one in all:\n    total += one\n    return total\n';
const AFTER = 'for one in all:\n    total += one\nreturn total\n';
const FIX: ReportFix = {
  title: 'Fix',
  rung: 'compiles',
  edits: [{ path: PATH, range: { start: { line: 2, character: 0 }, end: { line: 2, character: 4 } }, newText: '' }],
};
const before = new Map([[PATH, BEFORE]]);

describe('a fix', () => {
  test('makes the text that it says', () => {
    expect(afterFix(FIX, before).get(PATH)).toBe(AFTER);
  });

  test.each([
    ['offered', BEFORE],
    ['applied', AFTER],
    ['applied', AFTER.replaceAll('\n', '\r\n')],
    ['changed', `${BEFORE}\n# more`],
    ['changed', ''],
  ])('is %s where the file holds %j', (state, text) => {
    expect(stateOf(FIX, before, new Map([[PATH, text]]))).toBe(state);
  });

  test('of a file whose text is not known cannot be applied', () => {
    expect(stateOf(FIX, new Map(), new Map([[PATH, BEFORE]]))).toBe('changed');
  });

  test('is shown as the lines that it removes and adds', () => {
    const lines = diffLines(BEFORE, AFTER).filter(({ kind }) => kind === 'removed' || kind === 'added');
    expect(lines).toEqual([
      { kind: 'removed', text: '    return total' },
      { kind: 'added', text: 'return total' },
    ]);
  });
});

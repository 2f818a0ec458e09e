import { describe, expect, test } from 'vitest';
import { harmlessMarkdown } from '../src/markdown';

describe('what the model wrote', () => {
  test('keeps emphasis and code', () => {
    expect(harmlessMarkdown('The **first** `a[0]` of\n```\nx = [1]\n```')).toBe('The **first** `a[0]` of\n```\nx = [1]\n```');
  });

  test.each(['![x](https://evil.example/?leak)', '[x](command:workbench.action.quit)', '<img src=x>', 'https://evil.example', '`a` ![x](http://b)'])(
    'neither loads nor leads anywhere: %s',
    (text) => {
      const shown = harmlessMarkdown(text);
      expect(shown).not.toMatch(/(^|[^\\])[[<]/);
      expect(shown).not.toMatch(/https?:|command:/);
    },
  );
});
